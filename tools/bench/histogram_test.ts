import fc from "fast-check";
import { assertEquals } from "@std/assert";
import { Histogram } from "./histogram.ts";

function histogramOf(durations: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const duration of durations) histogram.record(duration);
  return histogram;
}

Deno.test("Histogram.percentile() is the nearest rank, and 0 of nothing", () => {
  const histogram = histogramOf(Array.from({ length: 1000 }, (_, index) => 1000.75 - index));
  assertEquals([0.1, 50, 99, 99.9, 100].map((percent) => histogram.percentile(percent)), [
    1,
    500,
    990,
    999,
    1000,
  ]);
  assertEquals([histogram.count, new Histogram().percentile(99)], [1000, 0]);
});

Deno.test("Histogram.percentile() is not exceeded by so many durations", () => {
  const durations = fc.array(fc.nat(60_000_000), { minLength: 1, maxLength: 200 });
  fc.assert(fc.property(durations, fc.integer({ min: 1, max: 100 }), (recorded, percent) => {
    const value = histogramOf(recorded).percentile(percent);
    const within = recorded.filter((duration) => duration <= value).length * 100;
    const below = recorded.filter((duration) => duration < value).length * 100;
    assertEquals([within >= percent * recorded.length, below < percent * recorded.length], [true, true]);
  }));
});
