import { assertEquals } from "@std/assert";
import { covers, parseMediaType } from "./media_type.ts";

Deno.test("parseMediaType() returns the essence in lower case and the parameters", () => {
  const parsed = parseMediaType(' Text/HTML ; Charset="utf-8"; q=a; ');
  assertEquals(parsed?.essence, "text/html");
  assertEquals([...parsed?.parameters ?? []], [["charset", "utf-8"], ["q", "a"]]);
  assertEquals(parseMediaType('a/b; x="\\"; y=1"')?.parameters.get("x"), '"; y=1');
});

Deno.test("parseMediaType() rejects malformed and ambiguous texts", () => {
  for (
    const text of ["", "text", "text/", "a/b, c/d", "a/b; c", "a/b; c=1; C=2", 'a/b; c="', "a/b; c=é", "a /b"]
  ) {
    assertEquals(parseMediaType(text), undefined, text);
  }
});

Deno.test("covers() matches ranges", () => {
  assertEquals(covers("image/*", "image/png"), true);
  assertEquals(covers("*/*", "image/png"), true);
  assertEquals(covers("image/png", "image/png"), true);
  assertEquals(covers("image/*", "images/png"), false);
});
