import type { JsonValue } from "@archway/server/operation.ts";
import { DOCUMENT, type Part, typeOfMember } from "./document_kinds.ts";
import { escapeToken, isArray, isObject, type Located, mapMembers } from "./json_value.ts";

/** Replaces a schema that is not part of another one. */
export type ReplaceSchema = (schema: Located) => JsonValue;

/** Returns a document with every schema replaced, wherever OpenAPI has one. References are not followed. */
export function replaceSchemas(document: JsonValue, replace: ReplaceSchema): JsonValue {
  return replaceIn({ value: document, pointer: "", type: DOCUMENT }, replace);
}

/** Returns the schemas of a document that are not part of another one, used or not. */
export function schemaRoots(document: JsonValue): readonly Located[] {
  const found: Located[] = [];
  replaceSchemas(document, (schema) => {
    found.push(schema);
    return schema.value;
  });
  return found;
}

function replaceIn({ value, pointer, type }: Part, replace: ReplaceSchema): JsonValue {
  if (type[0] === "one" && type[1] === "schema") return replace({ value, pointer });
  const replaced = (name: string, item: JsonValue): JsonValue => {
    const inner = typeOfMember(type, name);
    if (inner === undefined) return item;
    return replaceIn({ value: item, pointer: `${pointer}/${escapeToken(name)}`, type: inner }, replace);
  };
  return isArray(value) || isObject(value) ? mapMembers(value, replaced) : value;
}
