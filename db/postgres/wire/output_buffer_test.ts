import { assertEquals, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import { setImmediate } from "node:timers";
import { OutputBuffer } from "./output_buffer.ts";

const LONG = "日本 😀 é".repeat(10_000);

Deno.test("OutputBuffer sends the messages of a tick in one write, and keeps what has left", async () => {
  const sent: Uint8Array[] = [];
  const output = new OutputBuffer((bytes) => sent.push(bytes));
  for (const text of ["a", "é"]) {
    const start = output.begin(0x51);
    output.cString(text);
    output.end(start);
  }
  assertEquals(sent.length, 0);
  await new Promise((resolve) => setImmediate(() => resolve(undefined)));
  const first = [0x51, 0, 0, 0, 6, 97, 0, 0x51, 0, 0, 0, 7, 0xc3, 0xa9, 0];
  assertEquals(sent.map((bytes) => [...bytes]), [first]);
  output.byte(9);
  output.flush();
  assertEquals(sent.map((bytes) => [...bytes]), [first, [9]]);
  output.flush();
  assertEquals(sent.length, 2);
});

Deno.test("OutputBuffer writes values of any length behind their lengths", () => {
  const sent: Uint8Array[] = [];
  const output = new OutputBuffer((bytes) => sent.push(bytes));
  output.value(null);
  output.value("");
  output.value(LONG);
  output.int16(65_535);
  output.int32(-2);
  assertEquals(output.pending, 4 + 4 + 4 + Buffer.byteLength(LONG) + 6);
  output.flush();
  const [bytes = new Uint8Array()] = sent;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  assertEquals([view.getInt32(0), view.getInt32(4), view.getInt32(8)], [-1, 0, Buffer.byteLength(LONG)]);
  assertEquals(new TextDecoder().decode(bytes.subarray(12, -6)), LONG);
  assertEquals([view.getUint16(bytes.length - 6), view.getInt32(bytes.length - 4)], [65_535, -2]);
});

Deno.test("OutputBuffer rewinds a message that cannot be written", () => {
  const sent: Uint8Array[] = [];
  const output = new OutputBuffer((bytes) => sent.push(bytes));
  output.byte(1);
  const { pending } = output;
  output.begin(0x51);
  assertThrows(() => output.cString("a\0b"), RangeError, "character 0");
  output.rewind(pending);
  output.byte(2);
  output.flush();
  assertEquals(sent.map((bytes) => [...bytes]), [[1, 2]]);
});
