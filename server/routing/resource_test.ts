import { assertEquals, assertThrows } from "@std/assert";
import { ApiConflictError } from "../api_module.ts";
import type { DecodedRequest, Operation, StrictResponse } from "../operation.ts";
import { createServer } from "../server.ts";
import { withApi } from "../server_options.ts";
import { noteApi } from "../testing/note_api.ts";
import { send, sendForProblem } from "../testing/note_client.ts";
import { byConcreteness, compilePath, gatherResources, honoPath } from "./resource.ts";

Deno.test("gatherResources() rejects two operations for one method and path, regardless of variable names", () => {
  const endpoint = { method: "GET", handle: () => new Response() };
  assertThrows(
    () =>
      gatherResources([{ ...endpoint, path: "/a/{b}", api: "pet" }, {
        ...endpoint,
        path: "/a/{c}",
        api: "shop",
      }]),
    ApiConflictError,
    'Two operations serve GET /a/{c}: one of the API "pet" (/a/{b}), one of the API "shop"; exclude',
  );
});

Deno.test("createServer() names the APIs of two operations that cannot both be served", () => {
  const other = { ...noteApi(), name: "memo" };
  assertThrows(
    () => createServer("127.0.0.1", 0, withApi(noteApi()), withApi(other)),
    ApiConflictError,
    'of the API "memo"',
  );
});

Deno.test("Server.fetch() responds to HEAD like to GET, without the body", async () => {
  const response = await send("/notes/1", { method: "HEAD" });
  assertEquals(response.status, 200);
  assertEquals(
    response.headers.get("content-length"),
    String(new TextEncoder().encode('{"text":"é"}').length),
  );
  assertEquals(response.headers.get("etag"), '"7"');
  assertEquals(await response.text(), "");
});

Deno.test("Server.fetch() responds to OPTIONS with the capabilities of the resource", async () => {
  const one = await send("/notes/1", { method: "OPTIONS" });
  assertEquals([one.status, one.headers.get("allow")], [204, "GET, HEAD, PUT, DELETE, OPTIONS"]);
  const all = await send("/notes", { method: "OPTIONS" });
  assertEquals(all.headers.get("allow"), "GET, HEAD, POST, OPTIONS");
  assertEquals(all.headers.get("accept-post"), "application/json");
  assertEquals((await send("/nope", { method: "OPTIONS" })).status, 404);
});

Deno.test("Server.fetch() responds 404, 405 with Allow, and 501", async () => {
  assertEquals((await sendForProblem("/nope")).type, "/problems/not-found");
  assertEquals((await sendForProblem("/notes/")).status, 404);
  const wrong = await sendForProblem("/notes", { method: "DELETE" });
  assertEquals([wrong.status, wrong.headers.get("allow")], [405, "GET, HEAD, POST, OPTIONS"]);
  assertEquals((await sendForProblem("/notes", { method: "FOO" })).status, 501);
});

Deno.test("Server.listen() serves QUERY with its body, and lists it in Allow and Accept-Query", async () => {
  const operation: Operation = {
    ...{
      operationId: "findNotes",
      method: "QUERY",
      path: "/notes",
      parameters: [],
      security: [],
      extensions: {},
    },
    requestBody: { required: true, content: [{ mediaType: "application/json", codec: "json" }] },
    responses: { "200": { content: [{ mediaType: "application/json", codec: "json" }], headers: [] } },
  };
  const handle = ({ body }: DecodedRequest): Promise<StrictResponse> =>
    Promise.resolve({ status: 200, body });
  const api = { ...noteApi(), routes: [{ operation, handle }] };
  await using server = createServer("127.0.0.1", 0, withApi(api));
  const { url } = await server.listen();
  const query = (body: string, type: string): Promise<Response> =>
    fetch(`${url}/notes`, { method: "QUERY", body, headers: { "Content-Type": type } });
  const found = await query('{"text":"a"}', "application/json");
  assertEquals([found.status, await found.json()], [200, { text: "a" }]);
  const wrong = await query("a", "text/plain");
  await wrong.body?.cancel();
  assertEquals([wrong.status, wrong.headers.get("accept-query")], [415, "application/json"]);
  const options = await fetch(`${url}/notes`, { method: "OPTIONS" });
  assertEquals(options.headers.get("allow"), "QUERY, OPTIONS");
  assertEquals(options.headers.get("accept-query"), "application/json");
});

Deno.test("compilePath() extracts raw variables from a path", () => {
  const read = compilePath("/a/{id}/b.{format}");
  assertEquals(read("/a/x%2Fy/b.json"), { id: "x%2Fy", format: "json" });
  assertEquals(read("/a/x/b_json"), undefined);
  assertEquals(read("/a//b.json"), undefined);
  assertEquals(compilePath("/a")("/a"), {});
});

Deno.test("honoPath() converts variables to Hono's notation", () => {
  assertEquals(honoPath("/a/{id}/b"), "/a/:v2/b");
  assertEquals(honoPath("/a/{name}.{ext}"), "/a/:v2{[^/]+\\.[^/]+}");
});

Deno.test("byConcreteness() sorts the more concrete path first", () => {
  const paths = ["/{a}/b", "/a/{b}", "/a/x-{b}", "/a/b", "/a"];
  assertEquals(paths.toSorted(byConcreteness), ["/a", "/a/b", "/a/x-{b}", "/a/{b}", "/{a}/b"]);
});
