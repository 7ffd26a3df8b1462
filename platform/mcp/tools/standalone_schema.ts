import { isObject, type JsonObject, objectOf } from "@archway/service_kit/json_object.ts";
import type { OpenApiDocument } from "@archway/service_kit/openapi_document.ts";

/** Keywords of OpenAPI that JSON Schema does not have, and examples, which cost more than they help. */
const OMITTED = new Set(["discriminator", "xml", "externalDocs", "example", "examples"]);

/** Returns a JSON Schema that needs no other document: components that it refers to are in `$defs`. */
export function standaloneSchema(schema: JsonObject, document: OpenApiDocument): JsonObject {
  const defs: Record<string, unknown> = {};

  function rewrite(written: JsonObject): JsonObject {
    return Object.fromEntries(
      Object.entries(written).filter(([key]) => !OMITTED.has(key) && !key.startsWith("x-"))
        .map(([key, value]) => [key, rewriteKeyword(key, value)]),
    );
  }

  function rewriteKeyword(key: string, value: unknown): unknown {
    if (key === "$ref" && typeof value === "string") return define(value);
    // Names in these are of properties, not of keywords; values in those are data.
    if (["properties", "patternProperties", "$defs", "dependentSchemas"].includes(key)) {
      return Object.fromEntries(
        Object.entries(objectOf(value)).map(([name, one]) => [name, rewriteSchema(one)]),
      );
    }
    if (["const", "enum", "default", "required", "dependentRequired"].includes(key)) return value;
    return Array.isArray(value) ? value.map(rewriteSchema) : rewriteSchema(value);
  }

  function rewriteSchema(value: unknown): unknown {
    return isObject(value) ? rewrite(value) : value;
  }

  /** Adds the target of a reference to the definitions, and returns the reference to it there. */
  function define(reference: string): string {
    const name = reference.split("/").slice(1).filter((step) => step !== "components" && step !== "schemas")
      .join("_").replaceAll(/[^\w.-]/g, "_");
    if (!(name in defs)) {
      defs[name] = {};
      defs[name] = rewriteSchema(document.at(reference));
    }
    return `#/$defs/${name}`;
  }

  const rewritten = rewrite(schema);
  return Object.keys(defs).length === 0 ? rewritten : { ...rewritten, $defs: defs };
}
