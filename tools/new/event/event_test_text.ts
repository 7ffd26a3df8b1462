import type { ApiDocument } from "@archway/conformance/derived/api_document.ts";
import { propertiesOf } from "../field.ts";
import { literal, samplesOf } from "../field_samples.ts";
import { bodyOf } from "../operation/operation_test_text.ts";
import { testSupport } from "../operation/test_support.ts";
import type { ExistingService } from "../existing_service.ts";
import { idOf, type PlannedEvent } from "./event_document.ts";
import type { EventWrite } from "./event_texts.ts";
import type { EventResource } from "./find_resource.ts";

/** An event with what its test uses. */
export interface TestedEvent {
  readonly service: ExistingService;
  readonly resource: EventResource;
  readonly event: PlannedEvent;
  readonly write: EventWrite | undefined;
  readonly api: ApiDocument;
  /** Scopes of all operations. */
  readonly scopes: readonly string[];
}

/** Returns the test that an event reaches the webhooks of the owner on every database; it stands in events/. */
export function eventTestText({ service, resource, event, write, api, scopes }: TestedEvent): string {
  const { names, type, isOwned } = resource;
  const support = testSupport(service, { from: "../", withEvents: true, withParents: true });
  const { imports, databases, server } = support;
  const create = api.operations.find((one) =>
    one.method === "POST" && !one.path.includes("{") && one.responses.has("201")
  );
  const path = create?.path ?? "";
  const replace = api.operations.find((one) => one.method === "PUT" && one.path.startsWith(`${path}/{`));
  const body = support.body(literal(bodyOf(api, create) ?? {}), "ada");
  const replacement = support.parents.reduce(
    (text, name) =>
      text.replace(new RegExp(`\\b${name}: "[^"]*"`), `${name}: created.body?.data?.["${name}"]`),
    literal(bodyOf(api, replace) ?? {}),
  );
  const constant = `${names.snake.toUpperCase()}_CATALOG`;
  const id = idOf(names);
  const samples = event.fields.map((field) =>
    [propertiesOf(field)[0] ?? "", samplesOf(field).json[0]] as const
  );
  const acts: Readonly<Record<EventWrite, string>> = {
    created: "",
    updated: `
    const changed = await send(\`PUT \${location}\`, ${replacement});
    assertEquals(changed.status, 200);`,
    deleted: `
    assertEquals((await send(\`DELETE \${location}\`)).status, 204);`,
  };
  const data = [
    ...event.names.map((name) =>
      `${name}: ${write === "updated" ? "changed" : "created"}.body?.data?.["${name}"]`
    ),
    ...samples.map(([name, value]) => `${name}: ${literal(value)}`),
  ];
  const appended = `
    await database.pool.withTx((tx) =>
      new ${type}Events(() => "2026-11-29T12:00:00Z").append(tx, {
        type: "${event.type}",
        data: { ${[id, ...samples.map(([name, value]) => `${name}: ${literal(value)}`)].join(", ")} },
      })
    );`;
  const others = isOwned ? `await harness.addReceiver({ owner: "bob", eventTypes })` : "";
  return `import { assertEquals } from "@std/assert";
import { mergeCatalogs } from "@archway/events/merge_catalogs.ts";
import { WorkerHarness } from "@archway/events/worker/testing/worker_harness.ts";
import { withAuthenticator } from "@archway/server/server_options.ts";
import { type ReceivedResponse, sendRequest } from "@archway/tools/support/send_request.ts";
${imports}import { ${constant} } from "./${names.snake}_catalog.ts";
${write === undefined ? `import { ${type}Events } from "./${names.snake}_events.ts";\n` : ""}
const SCOPES = new Set([${scopes.map((scope) => JSON.stringify(scope)).join(", ")}${support.scopes}]);

/** Accepts the name of a subject as its token. */
const AUTHENTICATED = withAuthenticator({ authenticate: (subject) => ({ subject, scopes: SCOPES }) });

for (const [name, open] of Object.entries(${databases})) {
  Deno.test(\`${event.type} reaches the webhooks of ${
    isOwned ? "the owner, and no others" : "all"
  } (\${name})\`, async () => {
    await using database = await open();
    await using harness = new WorkerHarness(database.pool);
    const eventTypes = ["${event.type}"];
    const receivers = [await harness.addReceiver({ ${
    isOwned ? 'owner: "ada", ' : ""
  }eventTypes }), ${others}];
    await using server = ${server("AUTHENTICATED")};
    const send = (line: string, body?: unknown): Promise<ReceivedResponse> => {
      const headers = { Authorization: "Bearer ada", ...(line.startsWith("POST") ? {} : { "If-Match": '"1"' }) };
      return sendRequest(server, line, { headers, ...(body !== undefined && { body }) });
    };
    const created = await send("POST ${path}", ${body});
    const ${id} = created.body?.data?.id ?? "";
    ${
    write === "updated" || write === "deleted"
      ? 'const location = created.headers.get("location") ?? "";'
      : ""
  }
    ${write === undefined ? appended : acts[write]}
    harness.startWorker(mergeCatalogs([${constant}]));
    await harness.untilSettled();
    const data = { ${[id, ...data].join(", ")} };
    const received = receivers.map(({ receiver }) => receiver.received.map((event) => [event.type, event.data]));
    assertEquals<unknown>(received, [[["${event.type}", data]]${isOwned ? ", []" : ""}]);
    assertEquals(harness.lines, []);
  });
}
`;
}
