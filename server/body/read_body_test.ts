import { assertEquals } from "@std/assert";
import { withMaxBodyBytes } from "../server_options.ts";
import { JSON_TYPE, sendForProblem } from "../testing/note_client.ts";

Deno.test("Server.fetch() responds 413 by Content-Length and by counting, with the operation's limit first", async () => {
  const post = (body: BodyInit, headers: HeadersInit = JSON_TYPE): RequestInit => ({
    method: "POST",
    headers,
    body,
  });
  assertEquals((await sendForProblem("/notes", post("x".repeat(2049)))).status, 413);
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(500)),
  });
  assertEquals((await sendForProblem("/notes", post(stream))).status, 413);
  const declared = post("{}", { ...JSON_TYPE, "content-length": "2049" });
  assertEquals((await sendForProblem("/notes", declared)).status, 413);
  const unused = { method: "DELETE", headers: { "content-length": "11" } };
  assertEquals((await sendForProblem("/notes/1", unused, withMaxBodyBytes(10))).status, 413);
});
