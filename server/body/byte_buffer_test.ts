import { assertEquals } from "@std/assert";
import { ByteBuffer } from "./byte_buffer.ts";

Deno.test("ByteBuffer.take() returns the pieces as one, each once", () => {
  const buffer = new ByteBuffer();
  const pieces = [
    new Uint8Array([1]),
    new Uint8Array(),
    new Uint8Array(5000).fill(2),
    new Uint8Array([3, 4]),
  ];
  for (const piece of pieces) buffer.add(piece);
  assertEquals(buffer.size, 5003);
  const whole = buffer.take();
  assertEquals([whole.length, ...whole.slice(0, 2), ...whole.slice(-2)], [5003, 1, 2, 3, 4]);
  buffer.add(new Uint8Array([5]));
  assertEquals([...buffer.take(), ...buffer.take(), whole[0]], [5, 1]);
});

Deno.test("ByteBuffer.add() holds no more than a multiple of the bytes", () => {
  const buffer = new ByteBuffer();
  for (let i = 0; i < 2000; i++) buffer.add(new Uint8Array(65_536).subarray(i, i + 1));
  assertEquals(buffer.take().buffer.byteLength, 2048);
});
