import { assertEquals, assertStringIncludes } from "@std/assert";
import { send, sendForProblem } from "../testing/note_client.ts";

Deno.test("Server.fetch() serves the pages of all problem types as HTML and JSON", async () => {
  const json = await send("/problems/note-locked");
  assertEquals((await json.json()).title, "Note locked");
  const html = await send("/problems/note-locked", { headers: { accept: "text/html,*/*;q=0.8" } });
  assertEquals(html.headers.get("content-type"), "text/html; charset=utf-8");
  assertStringIncludes(await html.text(), "Another &lt;client&gt; holds the lock.");
  assertEquals((await sendForProblem("/problems/nope")).status, 404);
});
