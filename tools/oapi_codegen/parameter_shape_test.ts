import { assert, assertEquals } from "@std/assert";
import type { JsonValue } from "@archway/server/operation.ts";
import { DiagnosticList } from "./diagnostics.ts";
import { parameterShape } from "./parameter_shape.ts";
import { References } from "./references.ts";

function shapeOf(schema: JsonValue): unknown {
  const references = new References({ schema, text: { type: "string" } }, new DiagnosticList("f"));
  return parameterShape({ value: schema, pointer: "/schema" }, references) ?? "undecided";
}

Deno.test("parameterShape() derives the kind from type, values and keywords", () => {
  assertEquals(shapeOf({ type: "integer" }), { kind: "integer" });
  assertEquals(shapeOf({ type: ["boolean", "null"] }), { kind: "boolean" });
  assertEquals(shapeOf({ type: ["integer", "number"] }), { kind: "number" });
  assertEquals(shapeOf({ const: "a" }), { kind: "string" });
  assertEquals(shapeOf({ enum: [true, null] }), { kind: "boolean" });
  assertEquals(shapeOf({ items: { type: "number" } }), { kind: "array", items: { kind: "number" } });
  assertEquals(
    shapeOf({ prefixItems: [{ type: "number" }, { type: "integer" }], items: false, type: "array" }),
    {
      kind: "array",
      items: { kind: "number" },
    },
  );
  assertEquals(shapeOf({ $ref: "#/text" }), { kind: "string" });
  assertEquals(shapeOf({}), { kind: "any" });
  assertEquals(shapeOf(true), { kind: "any" });
});

Deno.test("parameterShape() combines allOf, oneOf and anyOf", () => {
  const a = { type: "object", additionalProperties: false, properties: { a: { type: "integer" } } };
  const b = { type: "object", additionalProperties: false, properties: { b: { type: "boolean" } } };
  const joined = { kind: "object", properties: { a: { kind: "integer" }, b: { kind: "boolean" } } };
  for (const keyword of ["allOf", "oneOf", "anyOf"]) assertEquals(shapeOf({ [keyword]: [a, b] }), joined);
  assertEquals(shapeOf({ oneOf: [{ type: "integer" }, { type: "null" }] }), { kind: "integer" });
  assertEquals(shapeOf({ anyOf: [{ type: "string" }, { type: "integer" }] }), { kind: "any" });
});

Deno.test("parameterShape() returns undefined for ambiguous and recursive schemas", () => {
  assertEquals(shapeOf({ type: ["integer", "boolean"] }), "undecided");
  assertEquals(shapeOf({ oneOf: [{ type: "integer" }, { type: "boolean" }] }), "undecided");
  assertEquals(shapeOf({ type: "array", items: { $ref: "#/schema" } }), "undecided");
});

Deno.test("parameterShape() adds a diagnostic if there is no shape", () => {
  const diagnostics = new DiagnosticList("f");
  const schema = { enum: [1, true] };
  parameterShape({ value: schema, pointer: "" }, new References(schema, diagnostics));
  assert(!diagnostics.empty);
});
