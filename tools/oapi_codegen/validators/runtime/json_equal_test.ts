import { assert, assertFalse } from "@std/assert";
import { jsonEqual } from "./json_equal.js";

Deno.test("jsonEqual() compares by value", () => {
  assert(jsonEqual({ a: [1, { b: null }] }, { a: [1, { b: null }] }));
  assert(jsonEqual({ a: 1, b: 2 }, { b: 2, a: 1 }));
  for (
    const [left, right] of [[1, "1"], [null, {}], [[], {}], [[1], [1, 2]], [{ a: 1 }, { b: 1 }], [0, null]]
  ) {
    assertFalse(jsonEqual(left, right));
    assertFalse(jsonEqual(right, left));
  }
});

Deno.test("jsonEqual() treats members named like methods as data", () => {
  for (const name of ["valueOf", "toString", "constructor", "__proto__"]) {
    const one: unknown = JSON.parse(`{"${name}":1}`);
    assert(jsonEqual(one, JSON.parse(`{"${name}":1}`)));
    assertFalse(jsonEqual(one, JSON.parse(`{"${name}":2}`)));
    assertFalse(jsonEqual(one, { other: 1 }));
  }
});
