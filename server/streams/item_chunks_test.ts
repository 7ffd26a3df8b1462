import { assertEquals, assertRejects } from "@std/assert";
import { ItemChunks } from "./item_chunks.ts";

const encode = (item: unknown): string => `${item};`;

async function readAll(chunks: ItemChunks): Promise<string[]> {
  const read: string[] = [];
  for (let chunk = await chunks.read(); chunk !== undefined; chunk = await chunks.read()) {
    read.push(new TextDecoder().decode(chunk));
  }
  return read;
}

async function* upTo(count: number): AsyncGenerator<number> {
  for (let i = 0; i < count; i++) yield await Promise.resolve(i);
}

Deno.test("ItemChunks.read() returns items together that are ready together", async () => {
  assertEquals(await readAll(new ItemChunks(upTo(4), encode)), ["0;1;2;3;"]);
  const large = await readAll(new ItemChunks(upTo(10_000), encode));
  assertEquals(large.join("").split(";").length, 10_001);
  assertEquals(large.length, 3);
});

Deno.test("ItemChunks.read() returns an item before the next one is ready", async () => {
  const next = Promise.withResolvers<void>();
  const chunks = new ItemChunks(
    async function* (): AsyncGenerator<string> {
      yield "first";
      await next.promise;
      yield "second";
    }(),
    encode,
  );
  assertEquals(new TextDecoder().decode(await chunks.read()), "first;");
  next.resolve();
  assertEquals(await readAll(chunks), ["second;"]);
});

Deno.test("ItemChunks.read() returns the items before an error, of the iterable or of the encoding", async () => {
  const failing = (): AsyncGenerator<number> =>
    async function* (): AsyncGenerator<number> {
      yield* upTo(2);
      throw new Error("The source failed");
    }();
  const encodeFirst = (item: unknown): string => {
    if (item === 2) throw new Error("The item is invalid");
    return encode(item);
  };
  for (
    const [chunks, message] of [
      [new ItemChunks(failing(), encode), "The source failed"],
      [new ItemChunks(upTo(4), encodeFirst), "The item is invalid"],
    ] as const
  ) {
    assertEquals(new TextDecoder().decode(await chunks.read()), "0;1;");
    await assertRejects(() => chunks.read(), Error, message);
    await chunks.cancel(undefined);
  }
});

Deno.test("ItemChunks.cancel() ends the iterable and ignores errors of its clean-up", async () => {
  let ended = false;
  const chunks = new ItemChunks(
    async function* (): AsyncGenerator<number> {
      try {
        yield* upTo(1_000_000);
      } finally {
        ended = true;
        await Promise.reject(new Error("The clean-up failed"));
      }
    }(),
    encode,
  );
  await chunks.read();
  await chunks.cancel(undefined);
  assertEquals(ended, true);
});
