import { assertEquals, assertMatch } from "@std/assert";
import { send } from "../testing/note_client.ts";

Deno.test("Server.fetch() serves the document of a module", async () => {
  const response = await send("/openapi/note.json");
  assertEquals([response.headers.get("content-type"), await response.text()], [
    "application/json",
    '{"openapi":"3.1.0"}',
  ]);
});

Deno.test("documentEndpoint() responds 304 to a client that has the document", async () => {
  const first = await send("/openapi/note.json");
  const etag = first.headers.get("etag") ?? "";
  assertMatch(etag, /^"[^"]+"$/);
  assertEquals(first.headers.get("cache-control"), "no-cache, no-transform");
  const again = await send("/openapi/note.json", { headers: { "if-none-match": etag } });
  assertEquals([again.status, again.headers.get("etag"), await again.text()], [304, etag, ""]);
  const other = await send("/openapi/note.json", { headers: { "if-none-match": '"other"' } });
  assertEquals(other.status, 200);
});
