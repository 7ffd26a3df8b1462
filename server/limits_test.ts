import { assertEquals } from "@std/assert";
import { withMaxHeaderBytes, withMaxUrlBytes } from "./server_options.ts";
import { sendForProblem } from "./testing/note_client.ts";

Deno.test("Server.fetch() answers 414 and 431", async () => {
  assertEquals((await sendForProblem(`/notes?x=${"a".repeat(100)}`, {}, withMaxUrlBytes(50))).status, 414);
  const headers = { "x-long": "a".repeat(200) };
  assertEquals((await sendForProblem("/notes", { headers }, withMaxHeaderBytes(100))).status, 431);
});
