import { assertEquals, assertRejects } from "@std/assert";
import { readLimitedBody } from "./limited_body.ts";

/** Returns a stream of chunks of some sizes. */
function streamOf(sizes: readonly number[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller): void {
      for (const size of sizes) controller.enqueue(new Uint8Array(size).fill(1));
      controller.close();
    },
  });
}

Deno.test("readLimitedBody() returns a body of at most the limit, and the first bytes of a longer one", async () => {
  const sizes:
    readonly (readonly [chunks: readonly number[], maxBytes: number, bytes: number, isCut: boolean])[] = [
      [[], 0, 0, false],
      [[], 5, 0, false],
      [[2, 3], 5, 5, false],
      [[2, 4], 5, 5, true],
      [[5, 1], 5, 5, true],
      [[1], 0, 0, true],
      // Chunks without bytes exceed no limit, and are no end.
      [[0, 0, 2, 0, 3, 0], 5, 5, false],
      [[0], 0, 0, false],
    ];
  for (const [chunks, maxBytes, length, isCut] of sizes) {
    const body = await readLimitedBody(streamOf(chunks), maxBytes);
    assertEquals(body, { bytes: new Uint8Array(length).fill(1), isCut }, String(chunks));
  }
  assertEquals(await readLimitedBody(null, 5), { bytes: new Uint8Array(), isCut: false });
});

Deno.test("readLimitedBody() closes the connection of a body without an end", async () => {
  const cancelled = Promise.withResolvers<void>();
  const endless = (): Response =>
    new Response(
      new ReadableStream({
        async pull(controller): Promise<void> {
          // The event loop turns, so that the server sees that the connection closes.
          await new Promise((resolve) => setTimeout(resolve));
          controller.enqueue(new Uint8Array(1024));
        },
        cancel: () => cancelled.resolve(),
      }),
    );
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, endless);
  const { body } = await fetch(`http://127.0.0.1:${server.addr.port}`);
  const { bytes, isCut } = await readLimitedBody(body, 10_000);
  assertEquals([bytes.length, isCut], [10_000, true]);
  await cancelled.promise;
});

Deno.test("readLimitedBody() rejects a body that ends before its length, or in a chunk", async () => {
  const heads = ["Content-Length: 10\r\n\r\n12345", "Transfer-Encoding: chunked\r\n\r\nA\r\n12345"];
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  for (const head of heads) {
    const responding = fetch(`http://127.0.0.1:${listener.addr.port}`);
    using connection = await listener.accept();
    await connection.read(new Uint8Array(4096));
    await connection.write(new TextEncoder().encode(`HTTP/1.1 200 OK\r\n${head}`));
    await connection.closeWrite();
    const { body } = await responding;
    await assertRejects(() => readLimitedBody(body, 100), Error, undefined, head);
  }
});

Deno.test("readLimitedBody() rejects with the reason of the signal, and cancels the body", async () => {
  const reason = new RangeError("Stopped");
  for (const isBefore of [true, false]) {
    const [stopping, cancelled] = [new AbortController(), Promise.withResolvers<unknown>()];
    const silent = new ReadableStream<Uint8Array>({ cancel: (given) => cancelled.resolve(given) });
    if (isBefore) stopping.abort(reason);
    const reading = readLimitedBody(silent, 5, stopping);
    stopping.abort(reason);
    assertEquals(await assertRejects(() => reading, RangeError), reason);
    assertEquals(await cancelled.promise, reason);
  }
});

Deno.test("readLimitedBody() rejects with the error of onChunk, and cancels the body", async () => {
  const [sizes, error, cancelled] = [[3, 0, 4, 5], new RangeError("Too much"), Promise.withResolvers<void>()];
  const seen: number[] = [];
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(sizes.shift() ?? 1)),
    cancel: () => cancelled.resolve(),
  });
  const onChunk = (bytes: number): void => {
    seen.push(bytes);
    if (bytes === 4) throw error;
  };
  assertEquals(await assertRejects(() => readLimitedBody(body, 100, { onChunk }), RangeError), error);
  await cancelled.promise;
  assertEquals(seen, [3, 0, 4]);
});

Deno.test("readLimitedBody() does not wait for a body that never confirms its cancellation", async () => {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new Uint8Array(2)),
    cancel: () => new Promise(() => {}),
  });
  assertEquals(await readLimitedBody(body, 1), { bytes: new Uint8Array(1), isCut: true });
});
