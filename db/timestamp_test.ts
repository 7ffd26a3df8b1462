import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { microsecondClock, microsecondsOf, timestampOf } from "./timestamp.ts";

Deno.test("microsecondsOf() and timestampOf() are inverse functions", () => {
  const range = { min: Date.UTC(0, 0) * 1000, max: Date.UTC(9999, 11, 31) * 1000 };
  fc.assert(fc.property(fc.bigInt({ min: BigInt(range.min), max: BigInt(range.max) }), (microseconds) => {
    assertEquals(microsecondsOf(timestampOf(microseconds)), microseconds);
  }));
});

Deno.test("timestampOf() formats timestamps like PostgreSQL", () => {
  assertEquals(timestampOf(0n), "1970-01-01T00:00:00Z");
  assertEquals(timestampOf(1_500_000n), "1970-01-01T00:00:01.5Z");
  assertEquals(timestampOf(1_000_001n), "1970-01-01T00:00:01.000001Z");
  assertEquals(timestampOf(-1n), "1969-12-31T23:59:59.999999Z");
});

Deno.test("microsecondsOf() rejects other texts", () => {
  for (const text of ["", "now", "2026-11-22", "2026-11-22T07:41:00+01:00", "2026-13-22T07:41:00Z"]) {
    assertThrows(() => microsecondsOf(text), RangeError);
  }
});

Deno.test("microsecondClock() preserves the order within a millisecond", () => {
  let ms = 1000;
  const now = microsecondClock(() => ms);
  const first = microsecondsOf(now());
  const second = microsecondsOf(now());
  ms = 1001;
  const third = microsecondsOf(now());
  assert(first < second && second < third);
  assertEquals(third, 1_001_000n);
});

Deno.test("microsecondClock() follows a clock that is set back", () => {
  let ms = 5000;
  const now = microsecondClock(() => ms);
  now();
  ms = 1000;
  assertEquals(microsecondsOf(now()), 1_000_000n);
});
