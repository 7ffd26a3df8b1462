import type { JsonValue } from "@archway/server/operation.ts";
import { DOCUMENT, type PartType, typeOfMember } from "./document_kinds.ts";
import { isArray, isObject, type JsonObject, mapMembers } from "./json_value.ts";

/**
 * Returns a document for libraries, which follow every `$ref`: without those in examples and other data, without extension
 * fields, and as OpenAPI 3.1.
 */
export function plainDocument(document: JsonValue): JsonObject {
  const plain = copy(document, DOCUMENT);
  return { ...isObject(plain) ? plain : {}, openapi: "3.1.0" };
}

function copy(value: JsonValue, type: PartType): JsonValue {
  const copied = (name: string, item: JsonValue): JsonValue =>
    name === "$ref" ? item : copyMember(item, { type, name });
  if (isArray(value)) return mapMembers(value, copied);
  if (!isObject(value)) return value;
  return mapMembers(
    without(value, (name) => name.startsWith("x-") && typeOfMember(type, name) === undefined),
    copied,
  );
}

function copyMember(value: JsonValue, { type, name }: { type: PartType; name: string }): JsonValue {
  const inner = typeOfMember(type, name);
  return inner === undefined ? withoutReferences(value) : copy(value, inner);
}

function withoutReferences(value: JsonValue): JsonValue {
  if (isArray(value)) return mapMembers(value, (_, item) => withoutReferences(item));
  if (!isObject(value)) return value;
  return mapMembers(without(value, (name) => name === "$ref"), (_, item) => withoutReferences(item));
}

/** Returns an object without some members; the same one if it has none of them. */
function without(object: JsonObject, isLeftOut: (name: string) => boolean): JsonObject {
  if (!Object.keys(object).some(isLeftOut)) return object;
  return Object.fromEntries(Object.entries(object).filter(([name]) => !isLeftOut(name)));
}
