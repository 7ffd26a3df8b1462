import { assertEquals, assertThrows } from "@std/assert";
import { DomainError } from "@archway/service_kit/domain_error.ts";
import { parsePeriod } from "./period.ts";

Deno.test("parsePeriod() returns date-times in the format of the database", () => {
  const read: readonly (readonly [string, string])[] = [
    ["2026-11-25T10:00:00Z", "2026-11-25T10:00:00Z"],
    ["2026-11-25t10:00:00.5z", "2026-11-25T10:00:00.5Z"],
    ["2026-11-25T10:00:00.123456789+02:00", "2026-11-25T08:00:00.123456Z"],
    ["0000-01-01T00:00:00Z", "1970-01-01T00:00:00Z"],
    ["9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59Z"],
  ];
  for (const [text, from] of read) assertEquals(parsePeriod({ from: text }), { from, to: undefined }, text);
  assertEquals(parsePeriod({}), { from: undefined, to: undefined });
});

Deno.test("parsePeriod() rejects invalid date-times, and an end that is not later than the start", () => {
  const invalidFields = (query: { from?: string; to?: string }): readonly string[] =>
    assertThrows(() => parsePeriod(query), DomainError).fieldErrors.map(({ field }) => field);
  assertEquals(invalidFields({ from: "2026-11-25T23:59:60Z", to: "2026-02-30T00:00:00" }), ["from", "to"]);
  assertEquals(invalidFields({ from: "2026-11-25T10:00:00Z", to: "2026-11-25T10:00:00Z" }), ["to"]);
});
