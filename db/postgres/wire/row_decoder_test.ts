import { assertEquals, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import { MessageCursor } from "./message_cursor.ts";
import { RowDecoder } from "./row_decoder.ts";
import { WireError } from "./wire_error.ts";

function description(columns: readonly (readonly [name: string, oid: number])[], format = 0): Buffer {
  const parts = columns.map(([name, oid]) => {
    const type = Buffer.alloc(18);
    type.writeUInt32BE(oid, 6);
    type.writeUInt16BE(format, 16);
    return Buffer.concat([Buffer.from(`${name}\0`), type]);
  });
  return Buffer.concat([Buffer.of(0, columns.length), ...parts]);
}

function row(values: readonly (string | null)[]): Buffer {
  return Buffer.concat([
    Buffer.of(0, values.length),
    ...values.map((value) => {
      const length = Buffer.alloc(4);
      length.writeInt32BE(value === null ? -1 : Buffer.byteLength(value));
      return Buffer.concat([length, Buffer.from(value ?? "")]);
    }),
  ]);
}

function decoderOf(bytes: Buffer): RowDecoder {
  return RowDecoder.read(new MessageCursor(bytes, 0, bytes.length));
}

const COLUMNS = [["id", 23], ["name", 25], ["none", 20], ["at", 1184]] as const;

Deno.test("RowDecoder decodes rows by their columns", () => {
  const decoder = decoderOf(description(COLUMNS));
  const bytes = row(["-7", "Zoë", null, "2026-11-22 07:41:00.5+00"]);
  assertEquals(decoder.decode(bytes, 0, bytes.length), {
    id: -7,
    name: "Zoë",
    none: null,
    at: "2026-11-22T07:41:00.5Z",
  });
  assertEquals(decoderOf(description([])).decode(Buffer.of(0, 0), 0, 2), {});
});

Deno.test("RowDecoder refuses rows that do not match, cut at every byte", () => {
  const decoder = decoderOf(description(COLUMNS));
  const bytes = row(["1", "a", null, "2026-11-22 07:41:00+00"]);
  for (let end = 0; end < bytes.length; end++) assertThrows(() => decoder.decode(bytes, 0, end), WireError);
  const fewer = row(["1"]);
  assertThrows(() => decoder.decode(fewer, 0, fewer.length), WireError, "does not match");
});

Deno.test("RowDecoder refuses descriptions that are incomplete or of binary columns", () => {
  const bytes = description(COLUMNS);
  for (let end = 0; end < bytes.length; end++) {
    assertThrows(() => decoderOf(bytes.subarray(0, end)), WireError);
  }
  assertThrows(() => decoderOf(description(COLUMNS, 1)), WireError, "text format");
});
