import { assertEquals, assertThrows } from "@std/assert";
import { keyErrors, storageErrors, utcTimestamp } from "./storable.ts";

Deno.test("storageErrors() finds what PostgreSQL does not store, also inside of JSON", () => {
  const fields = (input: object, times?: readonly string[]): readonly string[] =>
    storageErrors(input, times).map(({ field }) => field);
  assertEquals(fields({ a: "text", b: 1, c: null, d: { e: ["\\u0000"] }, f: 2n ** 63n - 1n }), []);
  assertEquals(fields({ a: "\0", b: "\ud800", c: { d: ["\0"] }, e: 2n ** 63n }), ["a", "b", "c", "e"]);
  assertEquals(fields({ a: "0000-01-01", b: "0000-01-01" }, ["b"]), ["b"]);
});

Deno.test("keyErrors() refuses keys that no index holds", () => {
  assertEquals(keyErrors("key", "a"), []);
  assertEquals(keyErrors("key", 1n), []);
  for (const key of ["", "a".repeat(256), "\0"]) assertEquals(keyErrors("key", key).length, 1);
});

Deno.test("utcTimestamp() returns a date-time as the database does", () => {
  for (
    const [written, stored] of [
      ["2026-11-29T12:00:00Z", "2026-11-29T12:00:00Z"],
      ["2026-11-29t12:00:00.1234567+02:30", "2026-11-29T09:30:00.123456Z"],
      ["2026-11-29T12:00:00.500z", "2026-11-29T12:00:00.5Z"],
    ] as const
  ) assertEquals(utcTimestamp(written), stored);
  assertThrows(() => utcTimestamp("2026-11-29"), RangeError);
});
