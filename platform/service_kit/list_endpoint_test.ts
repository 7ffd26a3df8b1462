import { assert, assertEquals, assertRejects } from "@std/assert";
import type { RequestContext } from "@archway/server/request_context.ts";
import { accessScopeOf } from "./access_scope.ts";
import { ConsistencyTokens } from "./consistency_tokens.ts";
import { DomainError } from "./domain_error.ts";
import { listEndpoint, type ListEndpointOptions, numberedListEndpoint } from "./list_endpoint.ts";
import type { ListRequest, Page, TimeAnchor } from "./page.ts";
import { timeCursors } from "./page_cursors.ts";
import { KeyRing } from "./signing/key_ring.ts";

interface Widget extends TimeAnchor {
  readonly version: bigint;
}

interface WidgetFilter {
  readonly colour: string | undefined;
  readonly shape: string | undefined;
  readonly [name: string]: string | undefined;
}

interface WidgetQuery {
  readonly [name: string]: string | number | undefined;
  readonly limit?: number;
  readonly after?: string;
  readonly before?: string;
  readonly page?: number;
  readonly pageSize?: number;
  readonly colour?: string;
  readonly shape?: string;
}

interface WidgetRequest {
  readonly query: WidgetQuery;
  readonly headers: { readonly "Consistency-Token"?: string };
}

const SECRETS = ["a secret of more than 32 bytes, for a test"] as const;

const WIDGETS = [3, 2, 1].map((number): Widget => ({
  id: `01a2023b-983b-7000-83d3-81c8f54d249${number}`,
  createdAt: `2026-11-22T07:41:0${number}Z`,
  version: BigInt(number),
}));

/** List whose use case returns the first two widgets and records its requests. */
function widgets(
  requests: ListRequest<WidgetFilter>[] = [],
): ListEndpointOptions<WidgetRequest, WidgetFilter, Widget, string, TimeAnchor> {
  return {
    name: "widgets, newest first",
    cursors: timeCursors("widget cursor", { secrets: SECRETS, cursorTtlSeconds: 60 }),
    tokens: new ConsistencyTokens({
      keys: new KeyRing(SECRETS, "consistency token"),
      position: () => Promise.resolve({ timeline: 1, lsn: 7n }),
    }),
    scopeOf: accessScopeOf("widgets:admin"),
    filter: ({ query: { colour, shape } }) => ({ colour: colour?.toLowerCase(), shape }),
    read: (request): Promise<Page<Widget>> => {
      requests.push(request);
      const totals = request.page.number === undefined ? {} : { totalItems: WIDGETS.length };
      return Promise.resolve({ items: WIDGETS.slice(0, 2), hasNext: true, hasPrevious: false, ...totals });
    },
    toJson: ({ id }) => id.slice(-1),
    anchorOf: (widget) => widget,
    tagOf: (widget) => widget,
  };
}

function context(subject?: string): RequestContext {
  return {
    requestId: "test",
    url: new URL("http://localhost/v1/widgets"),
    signal: new AbortController().signal,
    principal: subject === undefined ? undefined : { subject, scopes: new Set() },
    unit: undefined,
    traceParent: undefined,
  };
}

function request(query: WidgetQuery = {}): WidgetRequest {
  return { query, headers: {} };
}

async function nextCursor(query: WidgetQuery, subject?: string): Promise<string> {
  const { body: { meta } } = await listEndpoint(widgets())(request(query), context(subject));
  assert(meta.nextCursor !== undefined);
  return meta.nextCursor;
}

async function refused(query: WidgetQuery, subject?: string): Promise<readonly string[]> {
  const error = await assertRejects(
    async () => await numberedListEndpoint(widgets())(request(query), context(subject)),
    DomainError,
  );
  assertEquals(error.code, "invalid-page");
  return error.fieldErrors.map(({ field, reason }) => `${field} ${reason}`);
}

Deno.test("listEndpoint() returns the page, its tags, and the neighbours that exist", async () => {
  const requests: ListRequest<WidgetFilter>[] = [];
  const query = { limit: 2, colour: "Red", shape: "a&b" };
  const { status, headers, body } = await listEndpoint(widgets(requests))(request(query), context("ada"));
  assertEquals(requests, [{
    scope: { kind: "owner", subject: "ada" },
    filter: { colour: "red", shape: "a&b" },
    page: { limit: 2 },
  }]);
  const { nextCursor, ...meta } = body.meta;
  assertEquals([status, body.data], [200, ["3", "2"]]);
  assertEquals(meta, {
    requestId: "test",
    limit: 2,
    etags: { [WIDGETS[0]?.id ?? ""]: '"3"', [WIDGETS[1]?.id ?? ""]: '"2"' },
  });
  const own = "http://localhost/v1/widgets?limit=2&colour=Red&shape=a%26b";
  assertEquals(headers.Link, `<${own}>; rel="first", <${own}&after=${nextCursor}>; rel="next"`);
});

Deno.test("listEndpoint() continues from a cursor of the same list", async () => {
  const requests: ListRequest<WidgetFilter>[] = [];
  const after = await nextCursor({ colour: "red" }, "ada");
  await listEndpoint(widgets(requests))(request({ after, colour: "RED" }), context("ada"));
  const [{ page } = { page: undefined }] = requests;
  const { id, createdAt } = WIDGETS[1] ?? {};
  assertEquals<unknown>(page, {
    limit: 20,
    position: { direction: "after", inclusive: false, anchor: { id, createdAt } },
  });
});

Deno.test("listEndpoint() rejects a cursor of another filter, another caller, or the other direction", async () => {
  const after = await nextCursor({ colour: "red" }, "ada");
  const other = ["after belongs to a list with other filters"];
  assertEquals(await refused({ after }, "ada"), other);
  assertEquals(await refused({ after, shape: "red" }, "ada"), other);
  assertEquals(await refused({ after, colour: "red" }, "bob"), other);
  assertEquals(await refused({ after, colour: "red" }), other);
  assertEquals(await refused({ before: after, colour: "red" }, "ada"), [
    "before is a cursor for the other direction",
  ]);
});

Deno.test("numberedListEndpoint() rejects a mix of cursors and page numbers", async () => {
  assertEquals(await refused({ after: "x", before: "x" }), ["before cannot be used with after"]);
  assertEquals(
    await refused({ page: 1, limit: 1, before: "x", after: "x" }),
    ["limit", "after", "before"].map((name) => `${name} cannot be used with page or pageSize`),
  );
});

Deno.test("numberedListEndpoint() pages by number with totals, and by cursor otherwise", async () => {
  const list = numberedListEndpoint(widgets());
  const { headers, body } = await list(request({ page: 2, pageSize: 2 }), context());
  assert(body.meta.mode === "offset");
  const { etags: _etags, requestId: _requestId, ...meta } = body.meta;
  assertEquals(meta, { mode: "offset", page: 2, pageSize: 2, totalItems: 3, totalPages: 2 });
  const own = "http://localhost/v1/widgets?pageSize=2";
  assertEquals(
    headers.Link,
    `<${own}&page=1>; rel="first", <${own}&page=1>; rel="prev", <${own}&page=2>; rel="last"`,
  );
  assertEquals((await list(request(), context())).body.meta.mode, "cursor");
});
