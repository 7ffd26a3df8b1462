import { assert, assertFalse } from "@std/assert";
import { isMultipleOf } from "./multiple_of.js";

Deno.test("isMultipleOf() is exact for decimals", () => {
  for (const value of [0.07, 4.35, 19.99, -0.29, 1e20, 0, 1.1]) {
    assert(isMultipleOf(value, 0.01), String(value));
  }
  for (const value of [0.075, 4.351, 1e-7]) assertFalse(isMultipleOf(value, 0.01), String(value));
  assert(isMultipleOf(1e308, 0.5));
  assertFalse(isMultipleOf(1e308, 0.123456789));
  assert(isMultipleOf(0.0075, 0.0001));
  assertFalse(isMultipleOf(7, 2));
  assert(isMultipleOf(9007199254740990, 2));
});
