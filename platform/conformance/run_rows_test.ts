import { assertEquals, assertRejects } from "@std/assert";
import { limitBody } from "./client.ts";
import { ApiDocument } from "./derived/api_document.ts";
import { Subjects } from "./derived/subjects.ts";
import { type FramedRequest, JSON_FIELD, type Row } from "./row.ts";
import { type RowResult, runRows } from "./run_rows.ts";

const KEY = { type: "apiKey", in: "header", name: "X-Key" };
const RESPONSES = { 200: { description: "OK", content: { "application/json": {} } } };
const API = new ApiDocument({
  openapi: "3.1.0",
  paths: {
    "/items": { post: { responses: RESPONSES }, put: { responses: RESPONSES } },
    "/items/{id}": { get: { responses: RESPONSES } },
    "/later": { get: { responses: RESPONSES } },
    "/search": { get: { responses: RESPONSES } },
    "/headless": { get: { responses: RESPONSES } },
    "/keyed": { get: { responses: RESPONSES, security: [{ key: [] }] } },
    "/open": { get: { responses: RESPONSES } },
  },
  components: { securitySchemes: { key: KEY } },
});

/** Serves items, which `PUT /items` changes, an operation that is not written, and one with a key. */
function serveItems(ignoresConditions: boolean): Deno.HttpServer<Deno.NetAddr> {
  const versions: number[] = [];
  const statuses: Readonly<Record<string, number>> = {
    "/later": 501,
    "/search": 400,
    "/keyed": 401,
    "/open": 401,
  };
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen(): void {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/headless") {
      return Response.json({}, { status: request.method === "HEAD" ? 501 : 200 });
    }
    const status = statuses[pathname];
    if (status !== undefined) return Response.json({}, { status });
    if (pathname === "/away") {
      return new Response(null, { status: 201, headers: { Location: "http://127.0.0.2:9/steal" } });
    }
    if (request.method === "POST") {
      return Response.json({ id: versions.push(1) - 1 }, { headers: { ETag: '"1"' } });
    }
    const id = request.method === "PUT" ? (await request.json()).id : Number(pathname.split("/").at(-1));
    if (request.method === "PUT") versions[id] = (versions[id] ?? 0) + 1;
    const etag = `"${versions[id]}"`;
    const isSeen = request.headers.get("if-none-match") === etag && !ignoresConditions;
    return isSeen
      ? new Response(null, { status: 304, headers: { ETag: etag } })
      : Response.json({ id }, { headers: { ETag: etag } });
  });
}

async function run(rows: readonly Row[], { ignoresConditions = false } = {}): Promise<readonly RowResult[]> {
  await using server = serveItems(ignoresConditions);
  const batch = { name: "items", api: API, placeholders: {}, themes: [{ name: "x", rows }] };
  const fields = [["Authorization", "Bearer x"]] as const;
  return await runRows(`http://127.0.0.1:${server.addr.port}`, [batch], { fields, concurrency: 1 });
}

Deno.test("runRows() sends a row again with an item of its own after another row changed the one that they share", async () => {
  const given = new Subjects(API, { document: "items" }).given("/items/{id}");
  const row = (request: FramedRequest, status: number): Row => {
    return { name: request.line, request, expect: { status, echoes: true }, given };
  };
  const seen = row({ line: "GET /items/{id}", fields: [["If-None-Match", "{etag}"]] }, 304);
  const change = row({ line: "PUT /items", fields: [JSON_FIELD], body: '{"id":0}' }, 200);
  const rows = [seen, { ...change, given: undefined }, seen];
  const statuses = async (ignoresConditions: boolean): Promise<readonly unknown[]> =>
    (await run(rows, { ignoresConditions })).map(({ statuses, faults }) => [...statuses, ...faults]);
  assertEquals(await statuses(false), [[304], [200], [304]]);
  const wrong = [200, "200 instead of 304"];
  assertEquals(await statuses(true), [wrong, [200], wrong]);
});

Deno.test("runRows() skips operations that are not implemented or require more than was sent, with the reason", async () => {
  const row = (line: string): Row => {
    const [, path = ""] = line.split(" ");
    const operation = API.find("GET", path);
    return { name: line, request: { line }, expect: { status: 200 }, ...operation && { operation } };
  };
  const lines = [
    ...["GET /later", "HEAD /later", "HEAD /headless", "DELETE /later", "GET /search", "HEAD /search"],
    ...["GET /keyed", "GET /open"],
  ];
  const results = await run(lines.map(row));
  assertEquals(results.map(({ skipped, faults }) => skipped ?? faults.join()), [
    "GET /later is not implemented: it responds with 501",
    "GET /later is not implemented: it responds with 501",
    "501 instead of 200",
    "501 instead of 200",
    "400 instead of 200",
    "GET /search needs more than its document requires: it responds with 400",
    "GET /keyed requires credentials in x-key: use --header",
    "401 instead of 200",
  ]);
});

Deno.test("runRows() sends credentials to no other origin that a Location names", async () => {
  const row = { name: "away", request: { line: "POST /away" }, expect: { status: 201 } };
  const [result] = await run([row]);
  assertEquals(result?.faults, ["Location is of another origin"]);
});

Deno.test("limitBody() leaves a response as it is, and fails one without an end, or cancels it with its reader", async () => {
  const small = limitBody(Response.json({ a: 1 }, { status: 404 }));
  assertEquals([small.status, await small.json()], [404, { a: 1 }]);
  let cancelled = 0;
  const endless = (): Response =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(1_048_576)),
        cancel: () => void cancelled++,
      }),
    );
  await assertRejects(() => limitBody(endless()).text(), TypeError, "more than 16777216 bytes");
  await limitBody(endless()).body?.cancel();
  assertEquals(cancelled, 2);
});
