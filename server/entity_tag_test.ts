import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  type EntityTag,
  matchesWeakly,
  parseEntityTags,
  parseIfMatch,
  parseStrongTag,
} from "./entity_tag.ts";
import { Problem } from "./problem.ts";

const opaque = fc.string({
  unit: fc.integer({ min: 0x21, max: 0xff }).filter((code) => code !== 0x22 && code !== 0x7f).map((code) =>
    String.fromCharCode(code)
  ).filter((character) => character < "\x7f" || character > "\x7f"),
});
const tag: fc.Arbitrary<EntityTag> = fc.record({ weak: fc.boolean(), opaque }, { noNullPrototype: true });

Deno.test("parseEntityTags() gives back what a list was written from", () => {
  const separator = fc.constantFrom(",", ", ", " ,\t", ",, ,");
  fc.assert(fc.property(fc.array(tag, { minLength: 1 }), separator, (tags, comma) => {
    const text = tags.map((one) => `${one.weak ? "W/" : ""}"${one.opaque}"`).join(comma);
    assertEquals(parseEntityTags(text), tags);
  }));
});

Deno.test("parseEntityTags() takes commas inside of tags, empty elements and a star", () => {
  assertEquals(parseEntityTags('"a,b" , W/"c"'), [{ weak: false, opaque: "a,b" }, {
    weak: true,
    opaque: "c",
  }]);
  assertEquals(parseEntityTags(' ,"a",, '), [{ weak: false, opaque: "a" }]);
  assertEquals(parseEntityTags('""'), [{ weak: false, opaque: "" }]);
  assertEquals(parseEntityTags(" * "), "*");
});

Deno.test("parseEntityTags() refuses what is not a list of entity-tags", () => {
  for (
    const text of [
      "",
      " ",
      ",",
      "7",
      '"7',
      '7"',
      '"a" "b"',
      '"a""b"',
      'w/"a"',
      'W/ "a"',
      '"a b"',
      '*, "a"',
      '"a", *',
    ]
  ) {
    assertEquals(parseEntityTags(text), undefined, text);
  }
});

Deno.test("parseEntityTags() never throws and ends soon, whatever the text", () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom('"', ",", " ", "W/", "a", "*") }), (text) => {
    parseEntityTags(text);
  }));
  assertEquals(parseEntityTags(`${", ".repeat(50_000)}x`), undefined);
});

Deno.test("parseIfMatch() leaves out weak tags, which never match strongly", () => {
  assertEquals(parseIfMatch('W/"1"'), []);
  assertEquals(parseIfMatch('W/"1", "2"'), ["2"]);
  assertEquals(parseIfMatch("*"), "*");
});

Deno.test("parseIfMatch() throws a 400 that names the header", () => {
  const problem = assertThrows(() => parseIfMatch("1"), Problem);
  assertEquals(problem.status, 400);
  assertEquals(problem.invalidParams?.map(({ name }) => name), ["If-Match"]);
});

Deno.test("matchesWeakly() ignores weakness on both sides", () => {
  const weak = [{ weak: true, opaque: "1" }];
  assertEquals(matchesWeakly(weak, '"1"'), true);
  assertEquals(matchesWeakly(weak, 'W/"1"'), true);
  assertEquals(matchesWeakly(weak, '"2"'), false);
});

Deno.test("parseStrongTag() gives the opaque value of one strong tag", () => {
  assertEquals(parseStrongTag('"7"'), "7");
  for (const text of ['W/"7"', "7", "*", '"1", "2"']) assertEquals(parseStrongTag(text), undefined, text);
});
