import { assertEquals, assertThrows } from "@std/assert";
import { MigrationError } from "../../errors.ts";
import { decodeMigration } from "./decode_migration.ts";

Deno.test("decodeMigration() decodes UTF-8 and keeps a byte order mark", () => {
  const text = "\ufeff-- migrate:up\nSELECT '日本 é 😀 \ufffd';\n";
  assertEquals(decodeMigration(new TextEncoder().encode(text), "1_a.sql of test"), text);
});

Deno.test("decodeMigration() names the file, the byte and the line of anything else", () => {
  const before = [...new TextEncoder().encode("-- ü \ufffd\n-- migrate:up\n")];
  const endings: readonly (readonly [bytes: readonly number[], expected: string])[] = [
    [[0xe9, 0x20], "0xE9"], // Latin-1
    [[0x93, 0x61, 0x94], "0x93"], // Windows-1252
    [[0xe2, 0x82], "0xE2"], // cut off
    [[0xc0, 0xaf], "0xC0"], // overlong
    [[0xed, 0xa0, 0x80], "0xED"], // surrogate
  ];
  for (const [bytes, byte] of endings) {
    const { message } = assertThrows(
      () => decodeMigration(Uint8Array.from([...before, ...bytes]), "1_a.sql of test"),
      MigrationError,
    );
    assertEquals(
      message,
      `Migration 1_a.sql of test is not UTF-8: invalid byte ${byte} at offset ${before.length}, line 3; save it as UTF-8`,
    );
  }
});
