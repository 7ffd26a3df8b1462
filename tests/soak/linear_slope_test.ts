import { assert, assertEquals } from "@std/assert";
import { linearSlope } from "./linear_slope.ts";

Deno.test("linearSlope() returns the slope of a line at any height", () => {
  const points = [0, 1, 5, 7].map((x) => ({ x, y: 100 - 2.5 * x }));
  assertEquals(linearSlope(points), -2.5);
});

Deno.test("linearSlope() is nearly 0 for a saw-tooth around a level", () => {
  const points = Array.from({ length: 400 }, (_, x) => ({ x, y: 150 + x % 20 }));
  assert(Math.abs(linearSlope(points)) < 0.01);
});

Deno.test("linearSlope() is 0 for fewer than two distinct points", () => {
  assertEquals(linearSlope([]), 0);
  assertEquals(linearSlope([{ x: 1, y: 2 }]), 0);
  assertEquals(linearSlope([{ x: 1, y: 2 }, { x: 1, y: 9 }]), 0);
});
