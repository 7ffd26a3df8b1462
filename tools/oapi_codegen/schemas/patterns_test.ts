import { assertEquals, assertMatch } from "@std/assert";
import { readPattern } from "./patterns.ts";

Deno.test("readPattern() leaves a valid pattern as it is", () => {
  assertEquals(readPattern("^\\p{L}{1,3}$"), { source: "^\\p{L}{1,3}$", flags: "u", warning: undefined });
});

Deno.test("readPattern() corrects what only other dialects allow", () => {
  const corrected = (pattern: string): unknown => {
    const rule = readPattern(pattern);
    return "source" in rule ? [rule.source, rule.flags] : rule.error;
  };
  assertEquals(corrected("^\\_[\\w\\-]+\\@\\-$"), ["^_[\\w\\-]+@-$", "u"]);
  assertEquals(corrected("\\A\\d+\\Z"), ["^\\d+$", "u"]);
  assertEquals(corrected("(?i)abc"), ["(?i:abc)", "u"]);
  assertEquals(corrected("{id}"), ["\\{id\\}", "u"]);
  assertEquals(corrected("^\\p{L}\\-$"), ["^\\p{L}-$", "u"]);
  assertEquals(corrected("[a-\\d]"), ["[a-\\d]", ""]);
  assertEquals(corrected("("), "Not a regular expression of ECMA-262; escape or simplify it");
});

Deno.test("readPattern() rejects patterns that take exponential time", () => {
  const rule = readPattern("^(a+)+$");
  assertMatch("error" in rule ? rule.error : "", /exponential time/);
});
