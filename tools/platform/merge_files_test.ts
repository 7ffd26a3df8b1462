import { assertEquals } from "@std/assert";
import { mergeConfiguration, mergeText } from "./merge_files.ts";
import { formatJson, mergeJson } from "./merge_json.ts";

Deno.test("mergeJson() takes what one side changed, by key", () => {
  const base = { a: 1, b: { c: 1, d: 1, e: 1 }, f: 1 };
  const ours = { a: 2, b: { c: 1, d: 1, g: 1 }, f: 1 };
  const theirs = { a: 1, b: { c: 1, d: 3, e: 1, h: 1 }, i: 1 };
  assertEquals(mergeJson({ base, ours, theirs }), {
    value: { a: 2, b: { c: 1, d: 3, h: 1, g: 1 }, i: 1 },
    conflicts: [],
  });
});

Deno.test("mergeJson() keeps ours where both sides changed a value, and reports its keys", () => {
  const base = { a: { b: 1, c: 1 }, d: 1 };
  const ours = { a: { b: 2 }, d: 1 };
  const theirs = { a: { b: 3, c: 2 } };
  assertEquals(mergeJson({ base, ours, theirs }), { value: { a: { b: 2 } }, conflicts: ["a.b", "a.c"] });
  assertEquals(mergeJson({ base, ours, theirs }, { kept: ["a"] }).conflicts, []);
});

Deno.test("mergeJson() merges arrays of texts as sets", () => {
  const versions = { base: ["a", "b", "c"], ours: ["a", "c", "x"], theirs: ["a", "b", "y"] };
  assertEquals(mergeJson(versions), { value: ["a", "x", "y"], conflicts: [] });
});

Deno.test("formatJson() puts on one line what fits", () => {
  const value = { a: { b: ["c", "d"], e: true }, f: [], g: { h: "x".repeat(110) }, i: null };
  assertEquals(
    formatJson(value),
    `{\n  "a": { "b": ["c", "d"], "e": true },\n  "f": [],\n  "g": {\n    "h": "${"x".repeat(110)}"\n  },\n` +
      '  "i": null\n}',
  );
});

Deno.test("mergeConfiguration() keeps the project's version, and its text if no value changes", () => {
  const text = (version: string, imports: Record<string, string>): string =>
    JSON.stringify({ version, imports });
  const base = text("1.0.0", { a: "a" });
  const ours = text("0.3.0", { a: "a", mine: "b" });
  assertEquals(mergeConfiguration({ base, ours, theirs: text("2.0.0", { a: "a" }) }), {
    text: ours,
    conflicts: [],
  });
  const { text: merged, conflicts } = mergeConfiguration({
    base,
    ours: text("0.3.0", { a: "mine" }),
    theirs: text("2.0.0", { a: "theirs", c: "c" }),
  });
  assertEquals(JSON.parse(merged), { version: "0.3.0", imports: { a: "mine", c: "c" } });
  assertEquals(conflicts, ["imports.a (yours stays)"]);
});

Deno.test("mergeText() merges lines, and marks conflicts", async () => {
  const base = "a\nb\nc\nd\ne\n";
  const merged = await mergeText({ base, ours: "A\nb\nc\nd\ne\n", theirs: "a\nb\nc\nd\nE\n" });
  assertEquals(merged, { text: "A\nb\nc\nd\nE\n", conflicts: [] });
  const conflict = await mergeText({ base, ours: "x\nb\nc\nd\ne\n", theirs: "y\nb\nc\nd\ne\n" });
  assertEquals(conflict, {
    text: "<<<<<<< yours\nx\n=======\ny\n>>>>>>> newer template\nb\nc\nd\ne\n",
    conflicts: ["1 conflict, marked with <<<<<<<"],
  });
});
