import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { createPatch } from "rfc6902";
import type { JsonValue } from "../operation.ts";
import { applyJsonPatch, jsonEqual, JsonPatchError, type JsonPatchOperation } from "./json_patch.ts";

// RFC 6902, appendix A: document, patch, and the result or the operation that fails.
const APPENDIX: readonly [JsonValue, JsonPatchOperation[], JsonValue | { readonly failsAt: number }][] = [
  [{ foo: "bar" }, [{ op: "add", path: "/baz", value: "qux" }], { baz: "qux", foo: "bar" }],
  [{ foo: ["bar", "baz"] }, [{ op: "add", path: "/foo/1", value: "qux" }], { foo: ["bar", "qux", "baz"] }],
  [{ baz: "qux", foo: "bar" }, [{ op: "remove", path: "/baz" }], { foo: "bar" }],
  [{ foo: ["bar", "qux", "baz"] }, [{ op: "remove", path: "/foo/1" }], { foo: ["bar", "baz"] }],
  [{ baz: "qux", foo: "bar" }, [{ op: "replace", path: "/baz", value: "boo" }], { baz: "boo", foo: "bar" }],
  [{ foo: ["all", "grass"] }, [{ op: "move", from: "/foo/1", path: "/foo/0" }], { foo: ["grass", "all"] }],
  [{ baz: "qux" }, [{ op: "test", path: "/baz", value: "bar" }], { failsAt: 0 }],
  [{ foo: "bar" }, [{ op: "add", path: "/baz/bat", value: "qux" }], { failsAt: 0 }],
  [{ "/": 9, "~1": 10 }, [{ op: "test", path: "/~01", value: 10 }], { "/": 9, "~1": 10 }],
  [{ "/": 9, "~1": 10 }, [{ op: "test", path: "/~01", value: "10" }], { failsAt: 0 }],
  [{ foo: ["bar"] }, [{ op: "add", path: "/foo/-", value: ["abc"] }], { foo: ["bar", ["abc"]] }],
];

const json = fc.jsonValue({ maxDepth: 3 }).map((value): JsonValue => JSON.parse(JSON.stringify(value)));

Deno.test("applyJsonPatch() returns the results in the appendix of RFC 6902", () => {
  for (const [target, patch, result] of APPENDIX) {
    if (typeof result === "object" && result !== null && "failsAt" in result) {
      assertEquals(assertThrows(() => applyJsonPatch(target, patch), JsonPatchError).index, result.failsAt);
    } else {
      assertEquals(applyJsonPatch(target, patch), result);
    }
  }
});

Deno.test("applyJsonPatch() applies the difference between any two documents", () => {
  fc.assert(fc.property(json, json, (from, to) => {
    // These names are rejected, see below.
    fc.pre(!/"(__proto__|constructor|prototype)"/.test(JSON.stringify([from, to])));
    const patch = createPatch(from, to).map((operation): JsonPatchOperation => ({ ...operation }));
    assertEquals(applyJsonPatch(from, patch), to);
  }));
});

Deno.test("applyJsonPatch() does not change the target when an operation fails", () => {
  const target = { a: 1 };
  const patch: JsonPatchOperation[] = [{ op: "replace", path: "/a", value: 2 }, { op: "remove", path: "/b" }];
  assertEquals(assertThrows(() => applyJsonPatch(target, patch), JsonPatchError).index, 1);
  assertEquals(target, { a: 1 });
});

Deno.test("applyJsonPatch() replaces but never removes the whole document", () => {
  assertEquals(applyJsonPatch({ a: 1 }, [{ op: "replace", path: "", value: [1] }]), [1]);
  assertThrows(() => applyJsonPatch({ a: 1 }, [{ op: "remove", path: "" }]), JsonPatchError);
});

Deno.test("applyJsonPatch() stops a patch that repeatedly doubles the document", () => {
  const patch = Array.from(
    { length: 100 },
    (_, index) => ({ op: "copy", from: "", path: `/${index}` } as const),
  );
  const error = assertThrows(() => applyJsonPatch({ a: "x".repeat(100) }, patch), JsonPatchError);
  assert(error.index < 20);
  const itself = Array.from({ length: 99 }, () => ({ op: "copy", from: "/a", path: "/a/-" } as const));
  const inner = assertThrows(() => applyJsonPatch({ a: [] }, itself), JsonPatchError);
  // Every copy doubles its length, which is two characters at first.
  assert(inner.index < 16, String(inner.index));
});

Deno.test("applyJsonPatch() allows a larger document more copies", () => {
  const patch = Array.from(
    { length: 4 },
    (_, index) => ({ op: "copy", from: "/a", path: `/${index}` } as const),
  );
  const copied = applyJsonPatch({ a: "x".repeat(40_000) }, patch);
  assertEquals(Object.keys(Object(copied)).length, 5);
  assertThrows(
    () => applyJsonPatch({ a: "x".repeat(500_000) }, patch),
    JsonPatchError,
    "copies and moves too much",
  );
});

Deno.test("applyJsonPatch() does not treat inherited properties as part of the document", () => {
  for (const op of ["remove", "replace", "test"] as const) {
    assertThrows(() => applyJsonPatch({}, [{ op, path: "/toString", value: 1 }]), JsonPatchError);
  }
  assertThrows(() => applyJsonPatch({}, [{ op: "copy", from: "/toString", path: "/a" }]), JsonPatchError);
  assertEquals(applyJsonPatch({}, [{ op: "add", path: "/toString", value: 1 }]), { toString: 1 });
});

Deno.test("applyJsonPatch() does not reach prototypes", () => {
  const target = { name: "Ada", tags: ["a"] };
  const paths = [
    "/__proto__/x",
    "/constructor/prototype/x",
    "/toString/x",
    "/name/at/x",
    "/tags/push/x",
    "/a/../x",
  ];
  for (const path of paths) {
    for (
      const operation of [{ op: "add", path, value: true }, { op: "copy", path, from: "/name" }] as const
    ) {
      assertThrows(() => applyJsonPatch(target, [operation]), JsonPatchError);
    }
    assertThrows(() => applyJsonPatch(target, [{ op: "copy", path: "/name", from: path }]), JsonPatchError);
  }
  for (const place of [{}, "".at, [].push, {}.toString]) {
    assertEquals(Reflect.get(Object(place), "x"), undefined);
  }
});

Deno.test("applyJsonPatch() rejects nesting that would exhaust the stack", () => {
  const patch: JsonPatchOperation[] = [{ op: "replace", path: "", value: { a: {} } }];
  for (let depth = 1; patch.length < 60; depth = Math.min(2 * depth, 400)) {
    patch.push({ op: "copy", from: "", path: "/a".repeat(depth) });
  }
  assertThrows(() => applyJsonPatch({}, patch), JsonPatchError, "nests the document too deeply");
});

Deno.test("applyJsonPatch() takes time proportional to the patch", () => {
  const members = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`k${index}`, 0]));
  const items = Array.from({ length: 50_000 }, () => 0);
  const steps: JsonPatchOperation[] = Array.from({ length: 49 }, () => [
    { op: "test", path: "/members/k49999", value: 0 } as const,
    { op: "copy", from: "/members/k49999", path: "/items/0" } as const,
  ]).flat();
  const patch: JsonPatchOperation[] = [...steps, {
    op: "test",
    path: "/items",
    value: [...items, ...items.slice(0, 49)],
  }];
  assertEquals(Object.keys(Object(applyJsonPatch({ members, items }, patch))), ["members", "items"]);
});

Deno.test("applyJsonPatch() ignores properties without meaning for an operation", () => {
  const patch: JsonPatchOperation[] = [
    { op: "test", path: "/a", value: 1, from: "/b" },
    { op: "add", path: "/a", value: 2, from: "/nope" },
  ];
  assertEquals(applyJsonPatch({ a: 1, b: 3 }, patch), { a: 2, b: 3 });
});

Deno.test("jsonEqual() compares numbers by value, lists in order, and objects in any order", () => {
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
