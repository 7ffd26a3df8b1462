import { assertEquals, assertThrows } from "@std/assert";
import type { JsonObject } from "@archway/service_kit/json_value.ts";
import { History, operationsOf, parseEvent, whyUnchecked } from "./history.ts";
import { checkCollection, resourceWorkload } from "./resource_workload.ts";
import { renderViolation } from "./violation.ts";
import { HistorySession } from "./workload.ts";

const ITEM = "/v1/notes/1";

/** Operation in a row: its action, input, and output. A failed one has a status. */
type Step = readonly [action: string, input: JsonObject, output: JsonObject];

/** Returns the violations of operations one after the other, as text. */
async function violations(steps: readonly Step[], hasReplicas = false): Promise<readonly string[]> {
  let milliseconds = 0;
  const history = new History({ now: () => milliseconds++ });
  for (const [action, input, output] of steps) {
    const key = /^(?:create|walk|filter)$/.test(action) ? "/v1/notes" : ITEM;
    const outcome = output["status"] === undefined ? "ok" : "fail";
    await history.record(1, { action, key, input }, () => Promise.resolve({ outcome, output }));
  }
  // As it is written to a file and read again.
  const all = operationsOf(history.events.map((event) => parseEvent(JSON.stringify(event))));
  return checkCollection("/v1/notes", { all, hasReplicas }).map((violation) => renderViolation(violation));
}

const CREATED: Step = ["create", { value: "a" }, { item: ITEM, etag: '"1"' }];
const REPLACED: Step = ["replace", { etag: '"1"', value: "b" }, { etag: '"2"' }];

Deno.test("checkCollection() accepts versions, refusals, deletions and walks in their order", async () => {
  assertEquals(
    await violations([
      CREATED,
      ["read", {}, { value: "a", etag: '"1"' }],
      REPLACED,
      ["replace", { etag: '"1"', value: "c" }, { status: 412, etag: '"2"' }],
      ["confirm", {}, { value: "b", etag: '"2"' }],
      ["walk", {}, { items: [ITEM], complete: true }],
      ["filter", { value: "B" }, { items: [ITEM], complete: true }],
      ["filter", { value: "a" }, { items: [], complete: true }],
      ["delete", { etag: '"2"' }, {}],
      ["filter", { value: "b" }, { items: [], complete: true }],
      ["read", {}, { missing: true }],
      ["replace", { etag: '"2"', value: "d" }, { status: 404 }],
      ["walk", {}, { items: [], complete: true }],
    ]),
    [],
  );
});

Deno.test("checkCollection() shows the few operations that contradict each other", async () => {
  const [text] = await violations([
    CREATED,
    ["read", {}, { value: "a", etag: '"1"' }],
    REPLACED,
    ["read", {}, { value: "b", etag: '"2"' }],
    ["replace", { etag: '"1"', value: "c" }, { etag: '"3"' }],
    ["read", {}, { value: "c", etag: '"3"' }],
  ]);
  assertEquals(
    text,
    `linearizable: no order of these operations explains their results; before them /v1/notes/1 is b
  #2  0.005 s to 0.006 s  client 1  replace /v1/notes/1 etag="1" value=b  ok etag="2"
  #4  0.009 s to 0.010 s  client 1  replace /v1/notes/1 etag="1" value=c  ok etag="3"
`,
  );
});

/** Contradictions, by the beginning of their text. */
const WRONG: Readonly<Record<string, readonly Step[]>> = {
  'linearizable: the entity tag "1" stands for two values': [CREATED, ["read", {}, {
    value: "x",
    etag: '"1"',
  }]],
  "values: a read returned x, which was not written": [CREATED, ["read", {}, { value: "x", etag: '"9"' }]],
  "read-your-writes: a read returned a, although b had replaced it": [
    CREATED,
    REPLACED,
    ["read", { token: 1 }, { value: "a", etag: '"1"' }],
  ],
  "read-your-writes: a read returned no /v1/notes/1, although it was created": [
    CREATED,
    ["read", { token: 0 }, { missing: true }],
  ],
  "lists: a walk returned /v1/notes/1 twice": [CREATED, ["walk", {}, {
    items: [ITEM, ITEM],
    complete: true,
  }]],
  "lists: a walk skipped /v1/notes/1": [CREATED, ["walk", { token: 0 }, { items: [], complete: true }]],
  "lists: a walk returned /v1/notes/1, which had been deleted": [
    CREATED,
    ["delete", { etag: '"1"' }, {}],
    ["walk", { token: 1 }, { items: [ITEM], complete: true }],
  ],
  "lists: a walk with a filter skipped /v1/notes/1, which matched it all along": [
    ["create", { value: "value 12" }, { item: ITEM, etag: '"1"' }],
    ["filter", { value: "value 1", isPrefix: true, token: 0 }, { items: [], complete: true }],
  ],
  "lists: a walk returned /v1/notes/1, which did not match its filter": [
    CREATED,
    ["read", {}, { value: "a", etag: '"1"' }],
    REPLACED,
    ["filter", { value: "a", token: 2 }, { items: [ITEM], complete: true }],
  ],
  "lists: two walks returned /v1/notes/1 in different orders": [
    CREATED,
    ["walk", {}, { items: [ITEM, "/v1/notes/2"], complete: true }],
    ["walk", {}, { items: ["/v1/notes/2", ITEM], complete: true }],
  ],
};

Deno.test("checkCollection() finds reads and walks that are stale, repeated or made up", async () => {
  for (const [beginning, steps] of Object.entries(WRONG)) {
    const found = await violations(steps, true);
    assertEquals(
      [beginning, found.some((text) => text.startsWith(beginning))],
      [beginning, true],
      found.join(""),
    );
  }
  // Without a token, a replica may be behind; a list that was not read to its end proves nothing.
  const allowed = await violations([
    CREATED,
    REPLACED,
    ["read", {}, { value: "a", etag: '"1"' }],
    ["walk", { token: 1 }, { items: [], complete: false }],
  ], true);
  assertEquals(allowed, []);
});

Deno.test("parseEvent() refuses what is no event, and whyUnchecked() a history that says nothing", () => {
  const run = '{"type":"run","time":0,"value":{}}';
  const lines = [
    "null",
    "1",
    '"x"',
    "[]",
    "{}",
    '{"type":"ok","time":1,"value":{}}',
    run.replace("0", '"0"'),
  ];
  for (const line of lines) assertThrows(() => parseEvent(line), TypeError, "is no event", line);
  assertThrows(() => parseEvent("{"), TypeError, "is not JSON");
  assertEquals(
    [[], [parseEvent(run)]].map(whyUnchecked),
    ["it has no event of the run with its settings", "no operation in it has succeeded"],
  );
});

Deno.test("resourceWorkload() follows no link to another origin, and takes no body without items as a list", async () => {
  const origin = "http://127.0.0.1:8080";
  const requested: string[] = [];
  const pages = [
    Response.json([{ id: "1" }], { headers: { Link: '<?after=a>; rel="next"' } }),
    Response.json([{ id: "2" }], { headers: { Link: '<data:@127.0.0.2:9/steal>; rel="next"' } }),
    Response.json({ items: [] }),
  ];
  const target = {
    origin,
    fetch: ({ method, url }: Request): Promise<Response> => {
      requested.push(url.replace(/limit=\d+/, "limit"));
      const created = Response.json({ id: "1" }, { status: 201, headers: { Location: "data:9/steal" } });
      if (method === "POST") return Promise.resolve(created);
      const isList = new URL(url).pathname === "/v1/notes";
      return Promise.resolve(isList && pages.shift() || Response.json({ text: "a" }));
    },
  };
  const history = new History();
  const client = { process: 0, targets: [target] as const, fields: [], random: () => 0, timeoutMs: 60_000 };
  const session = new HistorySession(client, { history, tokens: { last: undefined } });
  const body = { text: "a" };
  const notes = await resourceWorkload({
    ...{ list: "/v1/notes", property: "text", isDeletable: false, hasCursors: true, hasFilter: false },
    ...{ creation: () => body, replacement: () => body, patch: undefined },
  }).open(session);
  await notes.finish?.([session]);
  await notes.finish?.([session]);
  assertEquals(requested, [
    ...["", "/1", "?limit", "?after=a", "/1", "?limit"].map((path) => `${origin}/v1/notes${path}`),
  ]);
  const walks = operationsOf(history.events).filter(({ action }) => action === "walk");
  assertEquals(walks.map(({ outcome, output }) => [outcome, output["found"] ?? ""]), [
    ["fail", "a next page elsewhere"],
    ["fail", "no list of items with ids"],
  ]);
});
