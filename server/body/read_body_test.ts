import { assertEquals, assertThrows } from "@std/assert";
import { withMaxBodyBytes } from "../server_options.ts";
import { Problem } from "../problem.ts";
import { JSON_TYPE, send, sendForProblem } from "../testing/note_client.ts";
import { PieceLimit } from "./piece_limit.ts";

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

Deno.test("Server.fetch() responds 400 to a body in thousands of tiny pieces, and reads no more of it", async () => {
  let cancelled = 0;
  const post = (pieces: number): RequestInit => ({
    method: "POST",
    headers: JSON_TYPE,
    body: new ReadableStream({
      pull(controller): void {
        // Few enough bytes for the limit of the operation.
        if (pieces-- > 0) controller.enqueue(new Uint8Array(pieces % 4 === 0 ? 1 : 0));
        else controller.close();
      },
      cancel: () => void cancelled++,
    }),
  });
  const { status, detail, headers } = await sendForProblem("/notes", post(9_000));
  assertEquals([status, headers.get("connection"), cancelled], [400, "close", 1]);
  assertEquals(
    detail,
    "The body arrives in more than 8192 pieces of less than 16 bytes on average; send larger ones",
  );
  assertEquals((await (await send("/notes", post(8_192))).text()).includes("pieces"), false);
});

Deno.test("PieceLimit.count() permits any number of pieces of 16 bytes on average, and some thousand smaller ones", () => {
  const count = (pieces: PieceLimit, number: number, bytes: number): void => {
    for (let i = 0; i < number; i++) pieces.count(bytes);
  };
  const large = new PieceLimit();
  count(large, 100_000, 16);
  const small = new PieceLimit();
  count(small, 8192, 0);
  assertThrows(() => count(small, 1, 1), Problem);
  // Small ones at the end, such as of a stream that slows down.
  const mixed = new PieceLimit();
  count(mixed, 1, 15 * 10_000 + 16);
  count(mixed, 10_000, 1);
  assertThrows(() => count(mixed, 1_000, 1), Problem);
});
