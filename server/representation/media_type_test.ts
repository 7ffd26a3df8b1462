import { assertEquals } from "@std/assert";
import { compileCoverage, covers, parseMediaType } from "./media_type.ts";

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
  assertEquals(covers("application/*+json", "application/vnd.x+json"), true);
  assertEquals(covers("application/*+json", "application/json"), false);
  assertEquals(covers("application/*+json", "application/vnd.x+xml"), false);
});

Deno.test("compileCoverage() finds the most specific declared type", () => {
  const declared = [
    "*/*",
    "application/*",
    "application/*+json",
    "image/*",
    "image/png",
    "application/json; version=1",
    "application/json; version=2",
    "text/plain; charset=utf-8",
  ];
  const find = compileCoverage(declared.map((mediaType) => ({ mediaType })));
  const expected: [sent: string, found: string | undefined][] = [
    ["image/png", "image/png"],
    ["image/gif", "image/*"],
    ["video/mp4", "*/*"],
    ["application/json", "application/json; version=1"],
    ['application/json; charset=utf-8; version="2"', "application/json; version=2"],
    ["application/json; version=3", "application/*"],
    ["application/vnd.x+json", "application/*+json"],
    ["text/plain", "text/plain; charset=utf-8"],
    ["text/plain; charset=us-ascii", "text/plain; charset=utf-8"],
  ];
  for (const [sent, found] of expected) {
    const parsed = parseMediaType(sent) ?? { essence: "", parameters: new Map() };
    assertEquals(find(parsed)?.mediaType, found, sent);
  }
  assertEquals(compileCoverage([{ mediaType: "a/b" }])({ essence: "a/c", parameters: new Map() }), undefined);
});
