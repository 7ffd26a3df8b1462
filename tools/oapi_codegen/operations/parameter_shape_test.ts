import { assertEquals } from "@std/assert";
import type { JsonValue } from "@archway/server/operation.ts";
import { DiagnosticList } from "../diagnostics/diagnostics.ts";
import { parameterShape } from "./parameter_shape.ts";
import { References } from "../document/references.ts";

function shapeOf(schema: JsonValue, fields?: "multipart"): unknown {
  const references = new References({ schema, text: { type: "string" } }, new DiagnosticList("f"));
  return parameterShape({ value: schema, pointer: "/schema" }, references, { ...(fields && { fields }) }) ??
    "undecided";
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

Deno.test("parameterShape() reads a text as what it can be", () => {
  assertEquals(shapeOf({ type: ["integer", "boolean"] }), { kind: "literal" });
  assertEquals(shapeOf({ enum: [1, true] }), { kind: "literal" });
  assertEquals(shapeOf({ oneOf: [{ type: "integer" }, { type: "array", items: { type: "integer" } }] }), {
    kind: "any",
    scalar: { kind: "integer" },
    nested: { kind: "array", items: { kind: "integer" } },
  });
  assertEquals(shapeOf({ type: ["string", "array"], items: { type: "integer" } }), {
    kind: "any",
    nested: { kind: "array", items: { kind: "integer" } },
  });
});

Deno.test("parameterShape() reads JSON where a schema contains itself", () => {
  assertEquals(shapeOf({ type: "array", items: { $ref: "#/schema" } }), {
    kind: "array",
    items: { kind: "json" },
  });
});

Deno.test("parameterShape() reads parts of multipart forms as text, files and JSON", () => {
  const properties = {
    age: { type: "integer" },
    photo: { type: "string", format: "binary" },
    scan: { contentMediaType: "image/png" },
    point: { type: "object", properties: { x: { type: "integer" } } },
    points: { type: "array", items: { type: "object" } },
    rows: { type: "array", items: { type: "array", items: { type: "integer" } } },
    photos: { type: "array", items: { type: "string", contentEncoding: "binary" } },
    text: { type: "string", contentMediaType: "text/html" },
  };
  assertEquals(shapeOf({ type: "object", additionalProperties: false, properties }, "multipart"), {
    kind: "object",
    properties: {
      age: { kind: "integer" },
      photo: { kind: "file" },
      scan: { kind: "file" },
      point: { kind: "json" },
      points: { kind: "array", items: { kind: "json" } },
      rows: { kind: "array", items: { kind: "json" } },
      photos: { kind: "array", items: { kind: "file" } },
      text: { kind: "string" },
    },
  });
});
