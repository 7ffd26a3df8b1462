import { child, elements, entries, type Located } from "./json_value.ts";

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
/** Keywords whose subschemas need not match. */
export const BRANCHES: readonly string[] = [
  ...["anyOf", "contains", "dependentSchemas", "else", "if", "not", "oneOf", "then"],
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
