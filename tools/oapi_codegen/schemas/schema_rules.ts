import { escapeToken, isArray, isObject, type Located, member, textMember } from "../document/json_value.ts";
import { readPattern } from "./patterns.ts";
import { nearest } from "@archway/config/nearest.ts";
import type { References } from "../document/references.ts";
import {
  ANNOTATIONS,
  ASSERTIONS,
  LIST_KEYWORDS,
  MAP_KEYWORDS,
  SCHEMA_KEYWORDS,
  subschemas,
} from "./schema_walk.ts";

const KEYWORDS = [
  ...new Set([...ASSERTIONS, ...ANNOTATIONS, ...SCHEMA_KEYWORDS, ...LIST_KEYWORDS, ...MAP_KEYWORDS]),
];

/** Unsupported keywords of JSON Schema or OpenAPI 3.0, with their replacement. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  [
    "$schema",
    "Only JSON Schema 2020-12, the dialect of OpenAPI 3.1, is supported; convert the schema and remove $schema",
  ],
  ["$vocabulary", "Schemas cannot choose vocabularies; remove it"],
  ["definitions", "JSON Schema 2020-12 calls it $defs; better, use #/components/schemas"],
  ["dependencies", "JSON Schema 2020-12 calls it dependentRequired or dependentSchemas"],
  ["additionalItems", "JSON Schema 2020-12 calls it items, beside prefixItems"],
]);

/** Adds diagnostics for unsupported parts of a schema and its subschemas. Schemas it references are not included. */
export function checkSchema(schema: Located, references: References): void {
  const { diagnostics } = references;
  const { value, pointer } = schema;
  if (typeof value === "boolean") return;
  if (!isObject(value)) {
    diagnostics.add(pointer, "A schema is an object, true or false");
    return;
  }
  for (const keyword of Object.keys(value)) {
    const refused = REFUSED.get(keyword);
    if (refused !== undefined) diagnostics.add(`${pointer}/${keyword}`, refused);
    else if (!keyword.startsWith("x-") && !KEYWORDS.includes(keyword)) {
      const guess = nearest(keyword, KEYWORDS);
      const at = `${pointer}/${escapeToken(keyword)}`;
      if (guess === undefined) {
        diagnostics.warn(at, "Unknown schema keyword, which has no effect; remove it, or call it x-…");
      } else diagnostics.add(at, `Unknown schema keyword; did you mean ${guess}?`);
    }
  }
  for (const keyword of ["exclusiveMinimum", "exclusiveMaximum"]) {
    if (typeof member(value, keyword) === "boolean") {
      diagnostics.add(`${pointer}/${keyword}`, "Expected a number, which is the limit itself in OpenAPI 3.1");
    }
  }
  if (member(member(value, "properties"), "__proto__") !== undefined) {
    diagnostics.add(
      `${pointer}/properties/__proto__`,
      "JavaScript reserves this property name; rename the property",
    );
  }
  checkType(schema, references);
  checkRequired(schema, references);
  checkPatterns(schema, references);
  for (const [, inner] of subschemas(schema)) checkSchema(inner, references);
}

const TYPES = ["array", "boolean", "integer", "null", "number", "object", "string"];

/** Frequent names of types in other languages. */
const FOREIGN_TYPES: ReadonlyMap<string, string> = new Map([
  ...["int", "int32", "int64", "long"].map((name) => [name, "integer"] as const),
  ...["float", "double", "decimal"].map((name) => [name, "number"] as const),
  ...["str", "text", "date", "date-time", "uuid", "file"].map((name) => [name, "string"] as const),
  ...[["bool", "boolean"], ["list", "array"], ["map", "object"], ["dict", "object"], [
    "nil",
    "null",
  ]] as const,
]);

function checkType({ value, pointer }: Located, { diagnostics }: References): void {
  const type = member(value, "type");
  for (const [index, name] of (isArray(type) ? type : type === undefined ? [] : [type]).entries()) {
    if (typeof name === "string" && TYPES.includes(name)) continue;
    const guess = typeof name === "string" ? FOREIGN_TYPES.get(name) ?? nearest(name, TYPES) : undefined;
    const at = isArray(type) ? `${pointer}/type/${index}` : `${pointer}/type`;
    diagnostics.add(
      at,
      `Expected one of ${TYPES.join(", ")}${guess === undefined ? "" : `; did you mean ${guess}?`}`,
    );
  }
}

/** Finds required properties that the same schema forbids: no value would ever match. */
function checkRequired({ value, pointer }: Located, { diagnostics }: References): void {
  if (member(value, "additionalProperties") !== false) return;
  const required = member(value, "required");
  const properties = member(value, "properties");
  const patterns = member(value, "patternProperties");
  const known = isObject(properties) ? Object.keys(properties) : [];
  const matchers = isObject(patterns)
    ? Object.keys(patterns).flatMap((key) => {
      const rule = readPattern(key);
      return "error" in rule ? [] : [new RegExp(rule.source, rule.flags)];
    })
    : [];
  for (const [index, name] of (isArray(required) ? required : []).entries()) {
    if (typeof name !== "string" || known.includes(name)) continue;
    if (matchers.some((pattern) => pattern.test(name))) continue;
    const guess = nearest(name, known);
    diagnostics.add(
      `${pointer}/required/${index}`,
      `Required property that additionalProperties: false forbids; ${
        guess === undefined ? "add it to properties" : `did you mean ${guess}?`
      }`,
    );
  }
}

function checkPatterns({ value, pointer }: Located, { diagnostics }: References): void {
  const pattern = textMember(value, "pattern");
  const patterns = member(value, "patternProperties");
  const written = [
    ...(pattern === undefined ? [] : [[pattern, `${pointer}/pattern`] as const]),
    ...Object.keys(isObject(patterns) ? patterns : {}).map((key) =>
      [key, `${pointer}/patternProperties/${escapeToken(key)}`] as const
    ),
  ];
  for (const [text, at] of written) {
    const rule = readPattern(text);
    if ("error" in rule) diagnostics.add(at, rule.error);
    else if (rule.flags === "" && text !== pattern) {
      diagnostics.add(at, "Not a regular expression of ECMA-262 with the u flag; escape or simplify it");
    } else if (rule.warning !== undefined) diagnostics.warn(at, rule.warning);
  }
  const message = member(value, "x-pattern-message");
  if (message !== undefined && (typeof message !== "string" || pattern === undefined)) {
    diagnostics.add(`${pointer}/x-pattern-message`, "Expected text beside a pattern");
  }
}
