import { assertEquals } from "@std/assert";
import { Ajv2020 } from "ajv/dist/2020.js";
import standaloneCode from "ajv/dist/standalone/index.js";
import { patchContactBodyApplicationJsonPatchJson } from "../../support/contact_service/api/contactapi/validators.gen.js";
import { boundedItems } from "./bounded_items.ts";

const BOUND = /const len\d+ = Math\.min\(data\d*\.length, (\d+)\);/g;

/** Returns the bounds in the code of a schema. */
function boundsOf(schema: Readonly<Record<string, unknown>>): readonly string[] {
  const ajv = new Ajv2020({ allErrors: true, code: { source: true, esm: true, lines: true } });
  const code = standaloneCode.default(ajv, ajv.compile(schema));
  return [...boundedItems(code).matchAll(BOUND)].map(([, bound = ""]) => bound);
}

Deno.test("boundedItems() bounds the items of an array by its own maximum only", () => {
  const items = { type: "string", minLength: 2 };
  assertEquals(boundsOf({ type: "array", maxItems: 5, items }), ["5"]);
  assertEquals(boundsOf({ type: "array", minItems: 1, maxItems: 5, items }), ["5"]);
  assertEquals(boundsOf({ type: "array", items }), []);
  const inner = { type: "array", maxItems: 7, items };
  assertEquals(boundsOf({ type: "array", maxItems: 5, items: inner }), ["5", "7"]);
  assertEquals(boundsOf({ type: "object", properties: { a: { maxItems: 3 }, b: { items } } }), []);
  assertEquals(boundsOf({ type: "object", properties: { a: inner, b: { type: "array", items } } }), ["7"]);
});

Deno.test("boundedItems() limits the errors of a long array", () => {
  const items = Array.from({ length: 100_000 }, () => 1);
  const validate = patchContactBodyApplicationJsonPatchJson;
  assertEquals(validate(items), false);
  // One for each of a hundred items, and one for their number.
  assertEquals(validate.errors?.length, 101);
});
