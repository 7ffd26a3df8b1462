import fc from "fast-check";
import { assertEquals } from "@std/assert";
import { Histogram } from "./histogram.ts";

Deno.test("Histogram.percentile() is exact on known durations", () => {
  const histogram = new Histogram();
  for (let duration = 1; duration <= 1000; duration++) histogram.record(duration);
  assertEquals(histogram.count, 1000);
  assertEquals([0.1, 50, 99, 99.9, 100].map((percent) => histogram.percentile(percent)), [
    1,
    500,
    990,
    999,
    1000,
  ]);
});

Deno.test("Histogram.percentile() is 0 when nothing was recorded", () => {
  assertEquals(new Histogram().percentile(99), 0);
});

Deno.test("Histogram.percentile() is the nearest rank of the sorted durations", () => {
  const durations = fc.array(
    fc.oneof(fc.nat(300), fc.nat(999_999), fc.integer({ min: 999_990, max: 60_000_000 })),
    { minLength: 1, maxLength: 200 },
  );
  fc.assert(
    fc.property(durations, fc.integer({ min: 1, max: 100 }), (recorded, percent) => {
      const histogram = new Histogram();
      for (const duration of recorded) histogram.record(duration + 0.75);
      const sorted = recorded.toSorted((a, b) => a - b);
      assertEquals(histogram.percentile(percent), sorted[Math.ceil(percent * sorted.length / 100) - 1]);
    }),
    { numRuns: 50 },
  );
});
