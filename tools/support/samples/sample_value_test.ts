import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import type { JsonValue } from "@archway/server/operation.ts";
import { createAjv } from "../../oapi_codegen/validators/ajv_instance.ts";
import { DiagnosticList } from "../../oapi_codegen/diagnostics/diagnostics.ts";
import { References } from "../../oapi_codegen/document/references.ts";
import { ContradictionError } from "./sample_scalar.ts";
import { sampleValue } from "./sample_value.ts";

const ROOT = {
  components: {
    schemas: {
      Tree: {
        type: "object",
        required: ["name"],
        properties: {
          name: { type: "string" },
          children: { type: "array", items: { $ref: "#/components/schemas/Tree" } },
        },
      },
    },
  },
};
const references = new References(ROOT, new DiagnosticList("t.yaml"));

function sample(schema: JsonValue, { optional = true, examples = false } = {}): JsonValue {
  return sampleValue({ value: schema, pointer: "" }, { references, optional, examples, alternative: 0 });
}

Deno.test("sampleValue() returns values that match their schema", () => {
  const schemas: JsonValue[] = [
    { type: "string", minLength: 12, maxLength: 14 },
    { type: "string", pattern: "^[A-Z]{3}-\\d{4,6}$" },
    { type: "string", pattern: "[a-zA-Z0-9]{32}", minLength: 32, maxLength: 32 },
    { type: "string", format: "date-time" },
    { type: "string", format: "uuid", pattern: "^[0-9a-f-]+$" },
    { type: "integer", minimum: 7, multipleOf: 5 },
    { type: "number", exclusiveMinimum: 0, maximum: 0.5 },
    { type: ["null", "boolean"] },
    { type: "array", minItems: 2, uniqueItems: true, items: { type: "string" } },
    { type: "array", prefixItems: [{ const: 1 }, { enum: ["a"] }], minItems: 2, items: false },
    { type: "object", minProperties: 2, additionalProperties: { type: "integer" } },
    { allOf: [{ type: "object", required: ["a"] }, { properties: { a: { type: "string", minLength: 3 } } }] },
    { oneOf: [{ type: "null" }, { type: "object", required: ["a"], properties: { a: { const: "x" } } }] },
  ];
  const ajv = createAjv();
  for (const schema of schemas) {
    const value = sample(schema);
    assert(ajv.validate(Object(schema), value), `${JSON.stringify(schema)}: ${JSON.stringify(value)}`);
  }
});

Deno.test("sampleValue() separates overlapping alternatives by a property that the other one forbids", () => {
  const schema = { oneOf: [{ type: "object" }, { type: "object", properties: { a: { type: "string" } } }] };
  const choice = { references, optional: false, examples: false, alternative: 0, contrast: true };
  assertEquals(sampleValue({ value: schema, pointer: "" }, choice), { a: 0 });
});

Deno.test("sampleValue() uses examples if it may, and ends in recursive schemas", () => {
  assertEquals(sample({ type: "string", examples: ["Ada"] }, { examples: true }), "Ada");
  assertEquals(sample({ $ref: "#/components/schemas/Tree" }, { optional: false }), { name: "text" });
  assert(JSON.stringify(sample({ $ref: "#/components/schemas/Tree" })).length < 1000);
});

Deno.test("sampleValue() returns short texts for patterns, but not empty ones", () => {
  assertMatch(String(sample({ type: "string", pattern: "^\\d+\\.\\d{2}$" })), /^\d\.\d{2}$/);
  assertMatch(String(sample({ type: "string", pattern: "^[a-z]*$" })), /^[a-z]$/);
  assertEquals(sample({ type: "string", pattern: "^$" }), "");
});

Deno.test("sampleValue() builds no samples of excessive size", () => {
  assertThrows(() => sample({ type: "array", minItems: 30_000_000 }), ContradictionError);
  assertEquals(sample({ type: "string", pattern: "^((a{1000}){1000}){1000}$" }), "text");
});

Deno.test("sampleValue() throws for a length that no value of the format has", () => {
  assertThrows(() => sample({ type: "string", format: "uuid", maxLength: 24 }), ContradictionError);
});
