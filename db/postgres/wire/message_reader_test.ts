import { assertEquals, assertLess, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Buffer } from "node:buffer";
import { MessageReader } from "./message_reader.ts";
import { WireError } from "./wire_error.ts";

type Message = readonly [type: number, content: string];

function encode(messages: readonly Message[]): Buffer {
  return Buffer.concat(messages.map(([type, content]) => {
    const bytes = Buffer.from(content);
    const header = Buffer.alloc(5);
    header[0] = type;
    header.writeInt32BE(4 + bytes.length, 1);
    return Buffer.concat([header, bytes]);
  }));
}

function readAll(
  chunks: Iterable<Buffer>,
): { readonly messages: readonly Message[]; readonly incomplete: number } {
  const messages: Message[] = [];
  const reader = new MessageReader((type, bytes, start, end) => {
    messages.push([type, bytes.toString("utf8", start, end)]);
  });
  for (const chunk of chunks) reader.read(chunk);
  return { messages, incomplete: reader.incomplete };
}

const LONG_TYPE = 0x44;

Deno.test("MessageReader reads the same messages however their bytes are split", () => {
  const message = fc.tuple(
    fc.constantFrom(0x44, 0x43, 0x5a),
    fc.string({ maxLength: 40, unit: fc.constantFrom("a", "\0", "é", "日", "😀") }),
  );
  fc.assert(fc.property(fc.array(message, { maxLength: 8 }), fc.array(fc.nat(400)), (messages, cuts) => {
    const bytes = encode(messages);
    const ends = [...new Set(cuts.map((cut) => Math.min(cut, bytes.length)))].sort((a, b) => a - b);
    const chunks = [...ends, bytes.length].map((end, index, all) => bytes.subarray(all[index - 1] ?? 0, end));
    assertEquals(readAll(chunks), { messages, incomplete: 0 });
  }));
});

Deno.test("MessageReader reads messages that are split at every byte", () => {
  const messages: readonly Message[] = [[0x32, ""], [LONG_TYPE, "a row 日本"], [0x43, "SELECT 1\0"], [
    0x5a,
    "I",
  ]];
  const bytes = encode(messages);
  for (let cut = 0; cut <= bytes.length; cut++) {
    assertEquals(readAll([bytes.subarray(0, cut), bytes.subarray(cut)]), { messages, incomplete: 0 });
  }
  assertEquals(readAll(Array.from(bytes, (byte) => Buffer.of(byte))), { messages, incomplete: 0 });
});

Deno.test("MessageReader joins the parts of a long message once", () => {
  const content = "x".repeat(3_000_000);
  const bytes = encode([[LONG_TYPE, content], [0x5a, "I"]]);
  const chunks = Array.from(
    { length: Math.ceil(bytes.length / 65_536) },
    (_, index) => bytes.subarray(index * 65_536, (index + 1) * 65_536),
  );
  assertEquals(readAll(chunks), { messages: [[LONG_TYPE, content], [0x5a, "I"]], incomplete: 0 });
});

Deno.test("MessageReader keeps what has arrived of a message, and nothing for what has not", () => {
  const announced = Buffer.from([LONG_TYPE, 0x1f, 0xff, 0xff, 0xff, 1, 2, 3]);
  assertEquals(readAll([announced]), { messages: [], incomplete: 8 });
});

Deno.test("MessageReader keeps few parts of a message that arrives byte by byte", () => {
  const content = "x".repeat(300_000);
  const bytes = encode([[LONG_TYPE, content], [0x5a, "I"]]);
  const messages: string[] = [];
  const reader = new MessageReader((_, all, start, end) => messages.push(all.toString("utf8", start, end)));
  let parts = 0;
  for (const byte of bytes) {
    reader.read(Buffer.of(byte));
    parts = Math.max(parts, reader.parts);
  }
  assertEquals([messages, reader.incomplete], [[content, "I"], 0]);
  assertLess(parts, 400);
});

Deno.test("MessageReader refuses lengths that no message has", () => {
  const refused: readonly (readonly [Buffer, string])[] = [
    [Buffer.from([LONG_TYPE, 0, 0, 0, 3]), 'type "D" has the length 3'],
    [Buffer.from([LONG_TYPE, 0xff, 0xff, 0xff, 0xff]), "the length -1"],
    [Buffer.from([LONG_TYPE, 0x7f, 0xff, 0xff, 0xff]), "the length 2147483647"],
    [Buffer.from([0x5a, 0, 1, 0, 0]), 'type "Z" has the length 65536'],
    [Buffer.from("HTTP/1.1 400 Bad Request"), 'type "H" has the length'],
    [Buffer.from([0, 0, 0, 0, 0]), "type 0 has the length 0"],
  ];
  for (const [bytes, message] of refused) {
    assertEquals(
      assertThrows(() => readAll([bytes]), WireError, message).code,
      "CONNECTION_PROTOCOL_VIOLATION",
    );
  }
});
