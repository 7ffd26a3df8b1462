import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { readScalar } from "./decode_text.ts";

Deno.test("readScalar() converts integers strictly and leaves other texts strings", () => {
  assertEquals(readScalar("-12", { kind: "integer" }), -12);
  assertEquals(readScalar("9007199254740991", { kind: "integer" }), 9007199254740991);
  for (const text of ["", "+1", "01", "1.0", "1e3", " 1", "0x1", "9007199254740993", "Infinity", "१"]) {
    assertEquals(readScalar(text, { kind: "integer" }), text);
  }
});

Deno.test("readScalar() converts numbers by the grammar of JSON", () => {
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
    assertEquals(readScalar(JSON.stringify(value), { kind: "number" }), JSON.parse(JSON.stringify(value)));
  }));
  for (
    const text of ["", ".5", "5.", "1e400", "NaN", "0x1", "1_000", "9007199254740993", "9007199254740993.0"]
  ) {
    assertEquals(readScalar(text, { kind: "number" }), text);
  }
});

Deno.test("readScalar() converts only true and false to booleans", () => {
  assertEquals(readScalar("true", { kind: "boolean" }), true);
  assertEquals(readScalar("false", { kind: "boolean" }), false);
  for (const text of ["", "1", "TRUE", "yes"]) assertEquals(readScalar(text, { kind: "boolean" }), text);
});
