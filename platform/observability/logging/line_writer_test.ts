import { assert, assertEquals } from "@std/assert";
import { LineWriter } from "./line_writer.ts";

/** Target that accepts a few bytes at a time, once its gate is open. */
class SlowTarget {
  readonly gate = Promise.withResolvers<void>();
  text = "";
  calls = 0;

  async write(bytes: Uint8Array): Promise<number> {
    this.calls++;
    await this.gate.promise;
    const taken = bytes.subarray(0, 7);
    this.text += new TextDecoder().decode(taken);
    return taken.length;
  }
}

Deno.test("LineWriter.write() preserves the order and does not block", async () => {
  const target = new SlowTarget();
  const writer = new LineWriter(target);
  const lines = Array.from({ length: 100 }, (_, index) => `line ${index}\n`);
  for (const line of lines) writer.write(line);
  assertEquals(target.text, "");
  target.gate.resolve();
  await writer.flush(10_000);
  assertEquals(target.text, lines.join(""));
});

Deno.test("LineWriter.write() buffers a bounded amount and reports how many lines it dropped", async () => {
  const target = new SlowTarget();
  const writer = new LineWriter(target, {
    maxBuffered: 100,
    droppedLine: (dropped) => `{"dropped":${dropped}}\n`,
  });
  for (let index = 0; index < 1000; index++) writer.write("ten bytes\n");
  target.gate.resolve();
  await writer.flush(10_000);
  const lines = target.text.trim().split("\n");
  const report = lines.pop();
  assert(lines.length <= 20, `${lines.length} lines were buffered`);
  assertEquals(report, `{"dropped":${1000 - lines.length}}`);
  writer.write("and on\n");
  await writer.flush(10_000);
  assert(target.text.endsWith("and on\n"));
});

Deno.test("LineWriter.write() stops writing to a closed target", async () => {
  let calls = 0;
  const writer = new LineWriter({
    write(): Promise<number> {
      calls++;
      return Promise.reject(new Deno.errors.BrokenPipe());
    },
  });
  for (let index = 0; index < 10; index++) {
    writer.write("into the void\n");
    await writer.flush(10_000);
  }
  assertEquals(calls, 1);
});

Deno.test("LineWriter.flush() waits no longer than its timeout", async () => {
  const writer = new LineWriter(new SlowTarget());
  writer.write("never read\n");
  await writer.flush(1);
});

Deno.test("LineWriter.write() batches lines until a flush or the size of a batch", async () => {
  const texts: string[] = [];
  const decoder = new TextDecoder();
  const target = {
    write(bytes: Uint8Array): Promise<number> {
      texts.push(decoder.decode(bytes));
      return Promise.resolve(bytes.length);
    },
  };
  const writer = new LineWriter(target, { batchMs: 60_000 });
  writer.write("one\n");
  await new Promise((resolve) => setTimeout(resolve, 0));
  writer.write("two\n");
  assertEquals(texts, []);
  await writer.flush(10_000);
  assertEquals(texts, ["one\ntwo\n"]);
  writer.write(`${"x".repeat(40_000)}\n`);
  writer.write(`${"y".repeat(40_000)}\n`);
  while (texts.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  assertEquals(texts[1]?.length, 80_002);
});
