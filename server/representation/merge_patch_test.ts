import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { mergePatch } from "./merge_patch.ts";
import type { JsonValue } from "../operation.ts";

// RFC 7396, appendix A: target, patch, result.
const APPENDIX: readonly [JsonValue, JsonValue, JsonValue][] = [
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [["a", "b"], ["c", "d"], ["c", "d"]],
  [{ a: "b" }, ["c"], ["c"]],
  [{ a: "foo" }, null, null],
  [{ a: "foo" }, "bar", "bar"],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: "b", c: null }, { a: "b" }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

const json = fc.jsonValue().map((value): JsonValue => JSON.parse(JSON.stringify(value)));

Deno.test("mergePatch() returns the results in the appendix of RFC 7396", () => {
  for (const [target, patch, result] of APPENDIX) assertEquals(mergePatch(target, patch), result);
});

Deno.test("mergePatch() is idempotent", () => {
  fc.assert(fc.property(json, json, (target, patch) => {
    const once = mergePatch(target, patch);
    assertEquals(mergePatch(once, patch), once);
  }));
});

Deno.test("mergePatch() does not change its arguments", () => {
  fc.assert(fc.property(json, json, (target, patch) => {
    const before = JSON.stringify([target, patch]);
    mergePatch(target, patch);
    assertEquals(JSON.stringify([target, patch]), before);
  }));
});

Deno.test("mergePatch() keeps properties that the patch does not name", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), json), fc.dictionary(fc.string(), json), (target, patch) => {
      const merged = mergePatch(target, patch) as Record<string, JsonValue>;
      for (const name of Object.keys(target)) {
        if (!Object.hasOwn(patch, name)) assertEquals(merged[name], target[name]);
      }
    }),
  );
});

Deno.test("mergePatch() treats __proto__ like any other name", () => {
  const merged = mergePatch(JSON.parse('{"a":1}'), JSON.parse('{"__proto__":{"polluted":true}}'));
  assertEquals(JSON.stringify(merged), '{"a":1,"__proto__":{"polluted":true}}');
  assertEquals(Reflect.get({}, "polluted"), undefined);
});
