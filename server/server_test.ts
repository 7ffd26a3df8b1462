import { assert, assertEquals, assertMatch } from "@std/assert";
import { createServer } from "./server.ts";
import { withApi, withMiddleware, withPublicUrl, withWriteTimeout } from "./server_options.ts";
import { noteApi, type OnRead } from "./testing/note_api.ts";
import { send, sendForProblem } from "./testing/note_client.ts";

Deno.test("Server.fetch() responds with the handler's status, headers and body", async () => {
  const response = await send("/notes/1");
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-type"), "application/json");
  assertEquals(response.headers.get("etag"), '"7"');
  assertEquals(response.headers.get("vary"), null);
  assertEquals(response.headers.get("cache-control"), "no-cache, no-transform");
  assertEquals(response.headers.get("x-content-type-options"), "nosniff");
  assertEquals(await response.json(), { text: "é" });
});

Deno.test("Server.fetch() echoes a well-formed request ID and replaces any other", async () => {
  const echoed = await send("/notes/1", { headers: { "x-request-id": "abc-1" } });
  assertEquals(echoed.headers.get("x-request-id"), "abc-1");
  const replaced = await send("/notes/1", { headers: { "x-request-id": "a b" } });
  assertMatch(replaced.headers.get("x-request-id") ?? "", /^[0-9a-f]{8}-[0-9a-f]{4}-4/);
});

Deno.test("Server.fetch() ends a request at its deadline and aborts its signal", async () => {
  let signal: AbortSignal | undefined;
  const hang: OnRead = (_request, context) => {
    signal = context.signal;
    return new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal?.reason)));
  };
  await using server = createServer("127.0.0.1", 0, withApi(noteApi(hang)), withWriteTimeout(20));
  const response = await server.fetch(new Request("http://localhost/notes/1"));
  assertEquals([response.status, response.headers.get("retry-after")], [503, "1"]);
  assertEquals((await response.json()).type, "/problems/deadline-passed");
  assert(signal?.aborted);
  assertEquals(signal.reason.name, "TimeoutError");
});

Deno.test("Server.fetch() passes handlers an absolute URL, with the public origin if configured", async () => {
  const urls: string[] = [];
  const record: OnRead = (_request, { url }) => {
    urls.push(url.href);
    return Promise.resolve({ status: 204 });
  };
  for (const options of [[], [withPublicUrl("https://api.example.com/base/")]]) {
    await using server = createServer("127.0.0.1", 0, withApi(noteApi(record)), ...options);
    await server.fetch(new Request("http://localhost:81/notes/1?"));
  }
  assertEquals(urls, ["http://localhost:81/notes/1", "https://api.example.com/base/notes/1"]);
});

Deno.test("Server.fetch() runs middleware between limits and routes", async () => {
  const refuse = withMiddleware(() => {
    throw new Error("refused");
  });
  assertEquals((await sendForProblem("/notes", {}, refuse)).status, 500);
  assertEquals((await sendForProblem("/notes", { method: "FOO" }, refuse)).status, 501);
});
