import type { JsonValue } from "@archway/server/operation.ts";
import { DOCUMENT, type PartType, typeOfMember } from "./document_kinds.ts";
import { isArray, isObject, type JsonObject } from "./json_value.ts";

/**
 * Returns a document for libraries, which follow every `$ref`: without those in examples and other data, without extension
 * fields, and as OpenAPI 3.1.
 */
export function plainDocument(document: JsonValue): JsonObject {
  const plain = copy(document, DOCUMENT);
  return { ...isObject(plain) ? plain : {}, openapi: "3.1.0" };
}

function copy(value: JsonValue, type: PartType): JsonValue {
  if (isArray(value)) return value.map((item, index) => copyMember(item, { type, name: String(index) }));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !name.startsWith("x-") || typeOfMember(type, name) !== undefined)
      .map(([name, item]) => [name, name === "$ref" ? item : copyMember(item, { type, name })]),
  );
}

function copyMember(value: JsonValue, { type, name }: { type: PartType; name: string }): JsonValue {
  const inner = typeOfMember(type, name);
  return inner === undefined ? withoutReferences(value) : copy(value, inner);
}

function withoutReferences(value: JsonValue): JsonValue {
  if (isArray(value)) return value.map(withoutReferences);
  if (!isObject(value)) return value;
  const others = Object.entries(value).filter(([name]) => name !== "$ref");
  return Object.fromEntries(others.map(([name, item]) => [name, withoutReferences(item)]));
}
