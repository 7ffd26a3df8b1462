import { assertEquals } from "@std/assert";
import { jsonEqual } from "./json_equal.js";
import { equalItems } from "./unique_items.js";

Deno.test("equalItems() finds two equal items, as jsonEqual() judges them", () => {
  const values: readonly unknown[] = [
    ...[0, 1, -1, 1.5, 1n, true, false, null, "", "0", "1", "1n", "null", "[]", "{}", '""', '{"a":1}'],
    ...[[], {}, [[]], [null], [0], ["0"], [1, 2], ["1,2"], [{ a: 1 }]],
    ...[{ a: 1 }, { a: "1" }, { b: 1 }, { a: 1, b: 2 }, { a: { b: 2 } }, { 'a":1,"b': 2 }],
    ...["valueOf", "toString", "constructor", "__proto__"].map((name) => JSON.parse(`{"${name}":1}`)),
  ];
  assertEquals(equalItems(values), undefined);
  for (const left of values) {
    for (const right of values) {
      assertEquals(equalItems([left, right]) !== undefined, jsonEqual(left, right));
    }
  }
  assertEquals(equalItems([3, { a: 1, b: 2 }, 4, { b: 2, a: 1 }]), [3, 1]);
  assertEquals(equalItems([0, -0]), [1, 0]);
});

Deno.test("equalItems() judges files by themselves, which have no members", () => {
  const file = new File(["a"], "a");
  assertEquals(equalItems([file, new File(["b"], "b")]), undefined);
  assertEquals(equalItems([file, file]), [1, 0]);
});

Deno.test("equalItems() examines each item once", () => {
  let reads = 0;
  const items = Array.from({ length: 500 }, (_, index) => ({
    get id(): number {
      reads++;
      return index;
    },
  }));
  assertEquals([equalItems(items), reads], [undefined, items.length]);
});
