import { assertEquals, assertThrows } from "@std/assert";
import type { Shape } from "../operation.ts";
import { MalformedTextError } from "./decode_text.ts";
import { addValue, bracketPath, newField, readField } from "./nested_fields.ts";

const ITEM: Shape = { kind: "object", properties: { b: { kind: "string" } } };
const SHAPE: Shape = {
  kind: "object",
  properties: {
    list: { kind: "array", items: ITEM },
    names: { kind: "array", items: { kind: "string" } },
    union: { kind: "any", nested: ITEM },
  },
  additional: { kind: "any" },
};

function read(...pairs: readonly (readonly [brackets: string, value: string])[]): unknown {
  const root = newField<string>();
  for (const [brackets, value] of pairs) {
    addValue(root, value, { path: bracketPath(brackets) ?? [], shape: SHAPE, name: "a" });
  }
  return readField(root, {
    shape: SHAPE,
    path: [],
    read: (values, { shape }) => shape.kind === "array" ? values : values.join(),
  });
}

Deno.test("bracketPath() splits the brackets of a name", () => {
  assertEquals(bracketPath("[b]"), ["b"]);
  assertEquals(bracketPath("[b][][0]"), ["b", "", "0"]);
  for (const malformed of ["", "[", "[b", "[b]c", "[[b]]", "[b]]"]) {
    assertEquals(bracketPath(malformed), undefined);
  }
});

Deno.test("readField() builds objects and lists from members", () => {
  assertEquals(read(["[list][0][b]", "x"], ["[list][1][b]", "y"]), { list: [{ b: "x" }, { b: "y" }] });
  assertEquals(read(["[names]", "x"], ["[names][]", "y"]), { names: ["x", "y"] });
  assertEquals(read(["[union][b]", "x"]), { union: { b: "x" } });
  assertEquals(read(["[union]", "x"]), { union: "x" });
});

Deno.test("readField() orders items by their index, and leaves no gaps", () => {
  assertEquals(read(["[names][10]", "z"], ["[names][9]", "y"], ["[names][99999]", "last"]), {
    names: [["y"], ["z"], ["last"]].map(String),
  });
});

Deno.test("readField() treats __proto__ like any other member", () => {
  assertEquals(JSON.stringify(read(["[__proto__]", "x"])), '{"__proto__":"x"}');
});

Deno.test("addValue() follows a path no further than the shape has members", () => {
  for (
    const brackets of [
      "[other][b]",
      "[names][0][b]",
      "[list][x][b]",
      "[list][][b]",
      "[list][100000][b]",
      "[]",
    ]
  ) {
    assertThrows(() => read([brackets, "x"]), MalformedTextError, undefined, brackets);
  }
  assertThrows(() => read([`[list][0][b]${"[b]".repeat(10_000)}`, "x"]), MalformedTextError);
});

Deno.test("readField() rejects a value beside members", () => {
  assertThrows(() => read(["[union]", "x"], ["[union][b]", "y"]), MalformedTextError);
});
