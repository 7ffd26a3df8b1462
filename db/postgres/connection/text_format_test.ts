import { assertEquals, assertThrows } from "@std/assert";
import { DatabaseError } from "../../errors.ts";
import { encodeParameter } from "./text_format.ts";

Deno.test("encodeParameter() encodes values in PostgreSQL's text format", () => {
  assertEquals(encodeParameter(null), null);
  assertEquals(encodeParameter("as it is"), "as it is");
  assertEquals(encodeParameter(1.5), "1.5");
  assertEquals(encodeParameter(9007199254740993n), "9007199254740993");
  assertEquals(encodeParameter(false), "false");
  assertEquals(encodeParameter(Uint8Array.of(0, 10, 255)), "\\x000aff");
  assertEquals(encodeParameter(['say "\\"', null, "NULL", ""]), '{"say \\"\\\\\\"",NULL,"NULL",""}');
  assertEquals(encodeParameter([1, 2n, true]), "{1,2,true}");
  assertEquals(encodeParameter([]), "{}");
});

Deno.test("encodeParameter() rejects a lone surrogate", () => {
  for (const value of ["\ud800", ["fine", "\udc00"]]) {
    assertEquals(assertThrows(() => encodeParameter(value), DatabaseError).code, "invalid-value");
  }
});

Deno.test("encodeParameter() rejects bytes whose text would not fit into a string", () => {
  const error = assertThrows(() => encodeParameter(new Uint8Array(2 ** 28)), DatabaseError);
  assertEquals([error.code, error.message], [
    "invalid-value",
    "A parameter has 268435456 bytes, and at most 268435440 can be sent",
  ]);
});
