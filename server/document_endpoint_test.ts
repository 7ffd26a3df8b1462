import { assertEquals } from "@std/assert";
import { send } from "./testing/note_client.ts";

Deno.test("Server.fetch() serves the document of a module", async () => {
  const response = await send("/openapi/note.json");
  assertEquals([response.headers.get("content-type"), await response.text()], [
    "application/json",
    '{"openapi":"3.1.0"}',
  ]);
});
