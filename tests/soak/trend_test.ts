import { assert, assertEquals } from "@std/assert";
import type { Point } from "./linear_slope.ts";
import { trendOf } from "./trend.ts";

/** Returns a value per second for ten minutes. */
function points(value: (second: number) => number): readonly Point[] {
  return Array.from({ length: 601 }, (_, x) => ({ x, y: value(x) }));
}

Deno.test("trendOf() detects a leak", () => {
  const { quarters, slope, growth, grows } = trendOf(points((second) => 150 + second / 10));
  assertEquals(quarters.map(Math.round), [157, 172, 187, 203]);
  assert(Math.abs(slope - 6) < 1e-6);
  assert(growth > 0.15 && growth < 0.16);
  assert(grows);
});

Deno.test("trendOf() detects no leak in a warm-up, a fall or a saw-tooth", () => {
  assert(!trendOf(points((second) => 220 - 100 * Math.exp(-second / 60))).grows);
  assert(!trendOf(points((second) => 300 - second / 10)).grows);
  assert(!trendOf(points((second) => 150 + second % 45)).grows);
});

Deno.test("trendOf() detects no leak in a single peak", () => {
  assert(!trendOf(points((second) => second > 550 ? 230 : 150)).grows);
});
