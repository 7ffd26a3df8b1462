import type { JsonValue } from "@archway/server/operation.ts";
import {
  child,
  elements,
  entries,
  escapeToken,
  isArray,
  isObject,
  type JsonObject,
  type Located,
} from "../document/json_value.ts";

/** JSON Schema 2020-12 keywords whose value is a schema. */
export const SCHEMA_KEYWORDS: readonly string[] = [
  ...["additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then"],
  ...["unevaluatedItems", "unevaluatedProperties"],
];
/** Keywords whose value is a list of schemas. */
export const LIST_KEYWORDS: readonly string[] = ["allOf", "anyOf", "oneOf", "prefixItems"];
/** Keywords whose value is an object of schemas. */
export const MAP_KEYWORDS: readonly string[] = [
  "$defs",
  "dependentSchemas",
  "patternProperties",
  "properties",
];
/** Keywords whose subschemas apply to the same value as the schema itself. */
export const IN_PLACE: readonly string[] = [
  ...["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"],
];
/** Keywords whose subschemas need not match. */
export const BRANCHES: readonly string[] = [
  ...["anyOf", "contains", "dependentSchemas", "else", "if", "not", "oneOf", "then"],
];
/** Fields with the properties that one direction alone requires, as OpenAPI 3.0 has them. */
export const REQUIRED_OF_RESPONSES = "x-required-of-responses";
export const REQUIRED_OF_REQUESTS = "x-required-of-requests";
/** Keywords that constrain the value itself. */
export const ASSERTIONS: readonly string[] = [
  ...["const", "dependentRequired", "enum", "exclusiveMaximum", "exclusiveMinimum", "format", "maxContains"],
  ...[
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
  ],
  ...["minimum", "multipleOf", "pattern", "required", "type", "uniqueItems", "$ref"],
];
/** Keywords without effect on validation. */
export const ANNOTATIONS: readonly string[] = [
  ...["$comment", "contentEncoding", "contentMediaType", "default", "deprecated", "description"],
  ...[
    "discriminator",
    "contentSchema",
    "example",
    "examples",
    "externalDocs",
    "readOnly",
    "title",
    "writeOnly",
    "xml",
  ],
];

/** Yields the direct subschemas of a schema, with the keywords that contain them. */
export function* subschemas(schema: Located): Generator<readonly [keyword: string, schema: Located]> {
  for (const keyword of SCHEMA_KEYWORDS) {
    const inner = child(schema, keyword);
    if (inner !== undefined) yield [keyword, inner];
  }
  for (const keyword of LIST_KEYWORDS) {
    for (const inner of elements(schema, keyword)) yield [keyword, inner];
  }
  for (const keyword of MAP_KEYWORDS) {
    for (const [, inner] of entries(schema, keyword)) yield [keyword, inner];
  }
}

/** Returns a schema with its direct subschemas replaced. */
export function mapSubschemas(
  { value, pointer }: Located<JsonObject>,
  change: (schema: Located) => JsonValue,
): JsonObject {
  const members = Object.entries(value).map(([keyword, item]): [string, JsonValue] => {
    const at = `${pointer}/${escapeToken(keyword)}`;
    if (SCHEMA_KEYWORDS.includes(keyword)) return [keyword, change({ value: item, pointer: at })];
    if (LIST_KEYWORDS.includes(keyword) && isArray(item)) {
      return [keyword, item.map((part, index) => change({ value: part, pointer: `${at}/${index}` }))];
    }
    if (!MAP_KEYWORDS.includes(keyword) || !isObject(item)) return [keyword, item];
    const parts = Object.entries(item).map(([name, part]) =>
      [name, change({ value: part, pointer: `${at}/${escapeToken(name)}` })] as const
    );
    return [keyword, Object.fromEntries(parts)];
  });
  return Object.fromEntries(members);
}
