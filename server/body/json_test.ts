import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { MalformedTextError } from "../parameters/decode_text.ts";
import { parseJsonText } from "./json.ts";

function refusal(text: string): string {
  return assertThrows(() => parseJsonText(text), MalformedTextError).message;
}

Deno.test("parseJsonText() returns the same value as JSON.parse", () => {
  fc.assert(fc.property(fc.json({ maxDepth: 5 }), (text) => {
    assertEquals(parseJsonText(text).value, JSON.parse(text));
  }));
});

Deno.test("parseJsonText() rejects duplicate names, however they are escaped", () => {
  for (
    const text of ['{"a":1,"a":1}', '{"b":{"a":1,"x":[],"a":2}}', '{"a":1,"\\u0061":2}', '[{"a" :1,"a"\n:2}]']
  ) {
    assertEquals(refusal(text), "has a duplicate property", text);
  }
  assertEquals(parseJsonText('{"a":{"a":["a","a"]},"b":"a"}').errors, []);
});

Deno.test("parseJsonText() finds any duplicate name", () => {
  fc.assert(fc.property(fc.string(), fc.json(), (name, value) => {
    const member = `${JSON.stringify(name)}: ${value}`;
    assertThrows(() => parseJsonText(`{${member}, "other": [1, "}"], ${member}}`), MalformedTextError);
  }));
});

Deno.test("parseJsonText() rejects absurd nesting", () => {
  assertEquals(refusal("[".repeat(65) + "]".repeat(65)), "is nested too deeply");
  assertEquals(refusal("[".repeat(500_000) + "]".repeat(500_000)), "is nested too deeply");
  assertEquals(refusal("[".repeat(1_000_000)), "is not valid JSON");
  assertEquals(parseJsonText("[".repeat(64) + "]".repeat(64)).errors, []);
});

Deno.test("parseJsonText() points at unstorable texts and numbers out of range", () => {
  const text = '{"a":["x\\u0000"],"b/c":"\\ud800","d":1e400,"e":"\\ud83d\\ude00","\\u0000":1}';
  assertEquals(parseJsonText(text).errors.map(({ pointer }) => pointer), ["/a/0", "/b~1c", "/d", ""]);
  assertEquals(parseJsonText("9".repeat(400)).errors.map(({ pointer }) => pointer), [""]);
});

Deno.test("parseJsonText() treats __proto__ like any other name", () => {
  const { value } = parseJsonText('{"__proto__":{"admin":true}}');
  assertEquals(JSON.stringify(value), '{"__proto__":{"admin":true}}');
});

Deno.test("parseJsonText() rejects integers that a double would change, and no other numbers", () => {
  const text =
    '{"a":[9007199254740993],"b/c":-9223372036854775808,"d":12345678901234567890,"e":"9007199254740993",' +
    '"f":9007199254740993.0}';
  const { errors } = parseJsonText(text);
  assertEquals(errors.map(({ pointer }) => pointer), ["/a/0", "/d", "/f"]);
  assertEquals(errors[0]?.reason, "is an integer beyond 2^53, which cannot be represented exactly");
  for (
    const exact of [
      "9007199254740991",
      "9007199254740992",
      "9007199254740992.0",
      "1e30",
      "0.12345678901234567890",
      "1234567890123456",
    ]
  ) {
    assertEquals(parseJsonText(`{"a":${exact}}`), { value: { a: Number(exact) }, errors: [] }, exact);
  }
  // As JavaScript writes a double.
  assertEquals(parseJsonText("[123456789012345680000]").errors, []);
});

Deno.test("parseJsonText() returns such integers as bigints on demand", () => {
  const { value, errors } = parseJsonText('{"a":9007199254740993,"b":1}', { bigIntegers: true });
  assertEquals([value, errors], [{ a: 9007199254740993n, b: 1 }, []]);
});
