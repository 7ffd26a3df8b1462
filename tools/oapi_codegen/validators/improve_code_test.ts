import { assertEquals } from "@std/assert";
import { Ajv2020 } from "ajv/dist/2020.js";
import standaloneCode from "ajv/dist/standalone/index.js";
import { patchContactBodyApplicationJsonPatchJson } from "../../support/contact_service/api/contactapi/validators.gen.js";
import { improveCode } from "./improve_code.ts";

const BOUND = /const len\d+ = Math\.min\(data\d*\.length, (\d+)\);/g;

/** Returns the bounds in the code of a schema. */
function boundsOf(schema: Readonly<Record<string, unknown>>): readonly string[] {
  const ajv = new Ajv2020({ allErrors: true, code: { source: true, esm: true, lines: true } });
  const code = standaloneCode.default(ajv, ajv.compile(schema));
  return [...improveCode(code).matchAll(BOUND)].map(([, bound = ""]) => bound);
}

Deno.test("improveCode() bounds the items of an array by its own maximum only", () => {
  const items = { type: "string", minLength: 2 };
  assertEquals(boundsOf({ type: "array", maxItems: 5, items }), ["5"]);
  assertEquals(boundsOf({ type: "array", minItems: 1, maxItems: 5, items }), ["5"]);
  assertEquals(boundsOf({ type: "array", items }), []);
  const inner = { type: "array", maxItems: 7, items };
  assertEquals(boundsOf({ type: "array", maxItems: 5, items: inner }), ["5", "7"]);
  assertEquals(boundsOf({ type: "object", properties: { a: { maxItems: 3 }, b: { items } } }), []);
  assertEquals(boundsOf({ type: "object", properties: { a: inner, b: { type: "array", items } } }), ["7"]);
});

Deno.test("improveCode() limits the errors of a long array", () => {
  const items = Array.from({ length: 100_000 }, () => 1);
  const validate = patchContactBodyApplicationJsonPatchJson;
  assertEquals(validate(items), false);
  // One for each of a hundred items, and one for their number.
  assertEquals(validate.errors?.length, 101);
});

Deno.test("improveCode() removes the copying of errors from Ajv's code", () => {
  const code = "vErrors = vErrors === null ? validate3.errors : vErrors.concat(validate3.errors);";
  const [first] = improveCode(code).split("\n");
  assertEquals(
    first,
    "vErrors = vErrors === null ? validate3.errors : joinErrors(vErrors, validate3.errors);",
  );
  assertEquals(improveCode("return true;"), "return true;");
  const text = String.raw`const a = "\" vErrors.concat(a.errors)";`;
  assertEquals(improveCode(text), text);
});

Deno.test("improveCode() preserves the errors of every item", () => {
  const items = Array.from({ length: 100 }, () => 1);
  const validate = patchContactBodyApplicationJsonPatchJson;
  for (let round = 0; round < 2; round++) {
    assertEquals(validate(items), false);
    assertEquals(
      validate.errors?.map(({ instancePath }) => instancePath),
      items.map((_, index) => `/${index}`),
    );
  }
});

Deno.test("improveCode() replaces only unions of types", () => {
  assertEquals(improveCode('message:"must be string,null"'), 'message:"must be string or null"');
  assertEquals(
    improveCode('message:"must be string,number,null"'),
    'message:"must be string, number or null"',
  );
  assertEquals(improveCode('message:"must be red,green"'), 'message:"must be red,green"');
});
