import { assertEquals } from "@std/assert";
import { JsonOffsets, parseJson } from "./parse_json.ts";

Deno.test("parseJson() returns the value of JSON text", () => {
  const text =
    ' {"a": [1, -0.5e3, "\\"b\\": \\u00e9\\ud83d\\ude00"], "": {"a": null}, "__proto__": {"c": true}}';
  assertEquals(JSON.stringify(parseJson(text)), JSON.stringify(JSON.parse(text)));
});

Deno.test("parseJson() returns undefined for text that the YAML parser has to read or to report", () => {
  const nested = "[".repeat(300) + "]".repeat(300);
  for (
    const text of [
      ...["openapi: 3.1.0", "{a: 1}", '{"a": 1,}', '{"a": 1, "a": 2}', '{"b": {"a": 1, "\\u0061": 2}}'],
      ...["[1e999]", '["\\ud800"]', '{"\\udc00": 1}', '"text"', "", nested],
    ]
  ) assertEquals(parseJson(text), undefined, text);
});

Deno.test("JsonOffsets.of() returns the offset of a key or an item, or of the nearest ancestor", () => {
  const text = '\n{ "a/b" : [ 1, {"c":"}]\\",", "d": [2 ]} ],"e": 5,"\\u0066":[]}';
  const offsets = new JsonOffsets(text);
  const at = (pointer: string): string => text.slice(offsets.of(pointer) ?? 0).trimStart().slice(0, 4);
  assertEquals(
    [
      "",
      "/a~1b",
      "/a~1b/0",
      "/a~1b/1",
      "/a~1b/1/c",
      "/a~1b/1/d/0",
      "/a~1b/1/d/9/x",
      "/e",
      "/e/x",
      "/f",
      "/no",
    ].map(at),
    ['{ "a', '"a/b', "1, {", '{"c"', '"c":', "2 ]}", '"d":', '"e":', '"e":', '"\\u0', '{ "a'],
  );
});
