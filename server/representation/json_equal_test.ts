import { assertEquals } from "@std/assert";
import { jsonEqual } from "./json_equal.ts";

Deno.test("jsonEqual() compares numbers by value, lists in order and objects in any", () => {
  const equal = [[0, -0], [null, null], [[1, [2]], [1, [2]]], [{ a: 1, b: { c: [] } }, {
    b: { c: [] },
    a: 1,
  }]];
  for (const [a, b] of equal) assertEquals(jsonEqual(a, b), true);
  const different = [[1, "1"], [null, {}], [{}, []], [[1, 2], [2, 1]], [[1], [1, 1]], [{ a: 1 }, { b: 1 }], [
    JSON.parse('{"__proto__":1}'),
    {},
  ], [{ toString: 1 }, { a: 1 }]];
  for (const [a, b] of different) assertEquals([jsonEqual(a, b), jsonEqual(b, a)], [false, false]);
});
