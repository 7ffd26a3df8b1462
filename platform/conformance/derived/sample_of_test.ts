import { assert, assertEquals } from "@std/assert";
import { ApiDocument, type Schema } from "./api_document.ts";
import { sampleOf } from "./sample_of.ts";

const NAME = { type: "string", minLength: 3, maxLength: 8 };
const SCHEMAS: Readonly<Record<string, Schema>> = {
  Name: NAME,
  Code: { type: "string", pattern: "^[A-Z]{3}$" },
  Odd: { type: "string", pattern: "^x-[0-9]{2}$", examples: ["x-42"] },
  When: { type: "string", format: "date-time" },
  Mail: { type: "string", format: "email" },
  Count: { type: "integer", exclusiveMinimum: 6, multipleOf: 7 },
  Many: { type: "array", minItems: 2, items: { enum: ["a", "b", "c"] } },
  Either: {
    oneOf: [{ type: "object", required: ["a"], properties: { a: { type: "boolean" } } }, { type: "null" }],
  },
  Whole: {
    allOf: [{ $ref: "#/components/schemas/Base" }, { required: ["name"], properties: { name: NAME } }],
  },
  Base: { type: "object", required: ["id"], properties: { id: { type: "string", format: "uuid" } } },
};

Deno.test("sampleOf() returns a value that the schema allows", () => {
  const document = { openapi: "3.1.0", paths: {}, components: { schemas: SCHEMAS } };
  const api = new ApiDocument(document);
  for (const name of Object.keys(SCHEMAS)) {
    const schema = api.resolve({ $ref: `#/components/schemas/${name}` });
    const sample = sampleOf(api, schema);
    assert(sample !== undefined && api.isValid(schema, sample), `${name}: ${JSON.stringify(sample)}`);
  }
  assertEquals(sampleOf(api, { type: "string", pattern: "^impossible to guess$" }), undefined);
});
