import fc from "fast-check";
import { assertEquals } from "@std/assert";
import { Histogram } from "./histogram.ts";

Deno.test("Histogram.percentile() is the nearest rank of the sorted durations, and 0 of none", () => {
  const durations = fc.array(fc.nat(60_000_000), { maxLength: 200 });
  fc.assert(fc.property(durations, fc.integer({ min: 1, max: 100 }), (recorded, percent) => {
    const histogram = new Histogram();
    for (const duration of recorded) histogram.record(duration + 0.75);
    const expected = recorded.toSorted((a, b) => a - b)[Math.ceil(percent * recorded.length / 100) - 1] ?? 0;
    assertEquals([histogram.count, histogram.percentile(percent)], [recorded.length, expected]);
  }));
});
