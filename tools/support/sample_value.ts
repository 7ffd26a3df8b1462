import * as fc from "fast-check";
import type { JsonValue } from "@archway/server/operation.ts";
import {
  isArray,
  isObject,
  type JsonObject,
  type Located,
  member,
  textMember,
} from "../oapi_codegen/document/json_value.ts";
import type { References } from "../oapi_codegen/document/references.ts";

/** Choice among the values that a schema allows. */
export interface SampleChoice {
  readonly references: References;
  /** Whether examples and defaults of the document are used. */
  readonly examples: boolean;
  /** Whether optional properties are included. */
  readonly optional: boolean;
  /** Index of the alternative of `oneOf` and `anyOf`, modulo their number. */
  readonly alternative: number;
  /**
   * Whether a property is added that the other alternatives of `oneOf` forbid, for alternatives that overlap.
   *
   * @default false
   */
  readonly contrast?: boolean;
}

/** Yields combinations of choices, the simplest first. */
export function* sampleChoices(references: References): Generator<SampleChoice> {
  for (const contrast of [false, true]) {
    for (const examples of [true, false]) {
      for (const optional of [false, true]) {
        for (let alternative = 0; alternative < 6; alternative++) {
          yield { references, examples, optional, alternative, contrast };
        }
      }
    }
  }
}

/** Nesting from which optional parts are left out, so that recursive schemas end. */
const MAX_DEPTH = 6;

/** Schema that no value matches, because its format and its length exclude each other. */
export class ContradictionError extends Error {
  override readonly name = "ContradictionError";
}

/** Formats whose values all have one length. */
const FIXED_LENGTH = ["date", "uuid"];

const FORMATS: Readonly<Record<string, string>> = {
  date: "2026-01-31",
  "date-time": "2026-01-31T12:30:00Z",
  "iso-date-time": "2026-01-31T12:30:00Z",
  time: "12:30:00Z",
  "iso-time": "12:30:00Z",
  duration: "P1D",
  email: "ada@example.com",
  "idn-email": "ada@example.com",
  hostname: "example.com",
  "idn-hostname": "example.com",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  uri: "https://example.com/a",
  url: "https://example.com/a",
  iri: "https://example.com/a",
  "uri-reference": "/a",
  "iri-reference": "/a",
  "uri-template": "/a/{b}",
  uuid: "0190a6e1-7b1c-7c3e-8a4f-5d2b1c0e9f8a",
  "json-pointer": "/a",
  "json-pointer-uri-fragment": "#/a",
  "relative-json-pointer": "0/a",
  regex: "^a$",
  byte: "YQ==",
  base64url: "YQ",
};

/**
 * Returns a value that matches a schema in most cases; the validator decides whether it does.
 *
 * @throws {ContradictionError} if no value matches
 */
export function sampleValue(schema: Located, choice: SampleChoice, depth = 0): JsonValue {
  const merged = flatten(schema, { choice, depth });
  if (!isObject(merged)) return "text";
  if (choice.examples) {
    const example = exampleOf(merged);
    if (example !== undefined) return example;
  }
  const constant = member(merged, "const");
  if (constant !== undefined) return constant;
  const values = member(merged, "enum");
  if (isArray(values)) return values[choice.alternative % values.length] ?? null;
  const at = { value: merged, pointer: schema.pointer };
  switch (typeOf(merged, choice.alternative)) {
    case "string":
      return sampleText(merged);
    case "integer":
      return sampleNumber(merged, 1);
    case "number":
      return sampleNumber(merged, 0);
    case "boolean":
      return true;
    case "null":
      return null;
    case "array":
      return sampleArray(at, choice, depth);
    default:
      return sampleObject(at, choice, depth);
  }
}

function exampleOf(schema: JsonObject): JsonValue | undefined {
  const examples = member(schema, "examples");
  return (isArray(examples) ? examples[0] : undefined) ?? member(schema, "example") ??
    member(schema, "default");
}

/** Returns the type to sample: the first that is not null, or what the other keywords suggest. */
function typeOf(schema: JsonObject, alternative: number): string {
  const type = member(schema, "type");
  if (typeof type === "string") return type;
  if (isArray(type)) {
    const types = type.filter((name) => name !== "null");
    return String(types[alternative % types.length] ?? "null");
  }
  if (["properties", "required", "additionalProperties"].some((keyword) => keyword in schema)) {
    return "object";
  }
  if ("items" in schema || "prefixItems" in schema) return "array";
  if ("minimum" in schema || "maximum" in schema) return "number";
  return "pattern" in schema || "format" in schema || "minLength" in schema ? "string" : "object";
}

/** Resolves references, `allOf` and the chosen alternative into one schema without them. */
function flatten(
  { value, pointer }: Located,
  { choice, depth }: { readonly choice: SampleChoice; readonly depth: number },
): JsonValue {
  if (!isObject(value)) return value;
  if (depth > 40) return {};
  const { $ref, allOf, oneOf, anyOf, ...own } = value;
  const inner = (part: JsonValue): JsonValue =>
    flatten({ value: part, pointer }, { choice, depth: depth + 1 });
  const parts: JsonValue[] = [];
  if (typeof $ref === "string") {
    const target = choice.references.target($ref, pointer);
    const located = target === undefined ? undefined : choice.references.at(target);
    if (located !== undefined) parts.push(inner(located.value));
  }
  for (const part of isArray(allOf) ? allOf : []) parts.push(inner(part));
  for (const alternatives of [oneOf, anyOf]) {
    if (!isArray(alternatives) || alternatives.length === 0) continue;
    const usable = alternatives.filter((part) => textMember(part, "type") !== "null");
    const index = choice.alternative % usable.length;
    parts.push(inner(usable[index] ?? true));
    if (choice.contrast === true && alternatives === oneOf) parts.push(contrasting(usable.map(inner), index));
  }
  return [...parts, own].reduce<JsonObject>((all, part) => merge(all, isObject(part) ? part : {}), {});
}

/** Returns a schema with a property that only another alternative declares, with a value that it does not allow. */
function contrasting(alternatives: readonly JsonValue[], index: number): JsonObject {
  const propertiesOf = (schema: JsonValue | undefined): JsonObject => {
    const properties = member(schema, "properties");
    return isObject(properties) ? properties : {};
  };
  const known = propertiesOf(alternatives[index]);
  for (const other of alternatives.toSpliced(index, 1)) {
    const found = Object.entries(propertiesOf(other)).find(([name, schema]) =>
      !Object.hasOwn(known, name) && textMember(schema, "type") !== undefined
    );
    if (found === undefined) continue;
    const [name, schema] = found;
    const wrong = textMember(schema, "type") === "string" ? 0 : "text";
    return { properties: { [name]: { const: wrong } }, required: [name] };
  }
  return {};
}

/** Merges two schemas that both apply: properties and required names are joined, limits take the stricter value. */
function merge(left: JsonObject, right: JsonObject): JsonObject {
  const result: Record<string, JsonValue> = { ...left, ...right };
  const joined = (keyword: string): JsonObject => {
    const [a, b] = [member(left, keyword), member(right, keyword)];
    const [first, second] = [isObject(a) ? a : {}, isObject(b) ? b : {}];
    const names = Object.keys(first).filter((name) => name in second);
    const both = names.map((name) => [name, { allOf: [first[name] ?? true, second[name] ?? true] }]);
    return { ...first, ...second, ...Object.fromEntries(both) };
  };
  for (const keyword of ["properties", "patternProperties"]) {
    if (keyword in left && keyword in right) result[keyword] = joined(keyword);
  }
  const required = [left, right].flatMap((part) => {
    const names = member(part, "required");
    return isArray(names) ? names : [];
  });
  if (required.length > 0) result["required"] = [...new Set(required)];
  const limits: readonly (readonly [string, (a: number, b: number) => number])[] = [
    ...["minimum", "exclusiveMinimum", "minLength", "minItems"].map((name) => [name, Math.max] as const),
    ...["maximum", "exclusiveMaximum", "maxLength", "maxItems"].map((name) => [name, Math.min] as const),
  ];
  for (const [keyword, stricter] of limits) {
    const [a, b] = [member(left, keyword), member(right, keyword)];
    if (typeof a === "number" && typeof b === "number") result[keyword] = stricter(a, b);
  }
  const [a, b] = [member(left, "enum"), member(right, "enum")];
  if (isArray(a) && isArray(b)) result["enum"] = b.filter((value) => a.includes(value));
  return result;
}

function numberMember(schema: JsonObject, key: string): number | undefined {
  const value = member(schema, key);
  return typeof value === "number" ? value : undefined;
}

function sampleNumber(schema: JsonObject, step: number): number {
  const multiple = numberMember(schema, "multipleOf") ?? (step === 0 ? undefined : step);
  const exclusive = numberMember(schema, "exclusiveMinimum");
  const least = Math.max(
    numberMember(schema, "minimum") ?? -Infinity,
    exclusive === undefined
      ? -Infinity
      : exclusive + (multiple ?? Math.max(Math.abs(exclusive) * 1e-6, 1e-6)),
  );
  const most = Math.min(
    numberMember(schema, "maximum") ?? Infinity,
    (numberMember(schema, "exclusiveMaximum") ?? Infinity) - (multiple ?? 1e-6),
  );
  const start = Math.min(Math.max(1, least), most);
  if (multiple === undefined) return start;
  const rounded = Number((Math.ceil(start / multiple) * multiple).toPrecision(15));
  return rounded > most ? Number((Math.floor(most / multiple) * multiple).toPrecision(15)) : rounded;
}

/** Maximum number of items of a sampled array, and of repetitions that a sampled pattern asks for. */
const MAX_SAMPLED = 10_000;

function sampleText(schema: JsonObject): string {
  const format = textMember(schema, "format");
  const least = numberMember(schema, "minLength") ?? 0;
  const most = numberMember(schema, "maxLength") ?? Infinity;
  const pattern = textMember(schema, "pattern");
  const formatted = format === undefined ? undefined : FORMATS[format];
  if (pattern !== undefined) {
    const fits = (text: string): boolean =>
      text.length >= least && text.length <= most && new RegExp(pattern, "u").test(text);
    const candidates = formatted === undefined ? [] : [formatted];
    return [...candidates, ...matching(pattern)].find(fits) ?? "text";
  }
  if (formatted !== undefined && format !== undefined && FIXED_LENGTH.includes(format)) {
    if (formatted.length > most || formatted.length < least) {
      throw new ContradictionError(`no ${format} has a length from ${least} to ${most}`);
    }
  }
  if (formatted !== undefined) return formatted;
  return "text".padEnd(Math.min(least, 100_000), "s").slice(0, most);
}

/** Returns texts that match a pattern; none if it uses what the library does not generate, such as lookahead. */
function matching(pattern: string): readonly string[] {
  const repetitions = [...pattern.matchAll(/\{(\d+)/g)].reduce(
    (product, [, least]) => product * Number(least),
    1,
  );
  if (repetitions > MAX_SAMPLED) return [];
  // A pattern may match a part of the text; the shortest text is that part alone.
  return [`^(?:${pattern})$`, pattern].flatMap((source) => {
    try {
      const texts = fc.stringMatching(new RegExp(source, "u"), { size: "medium" });
      return fc.sample(texts, { seed: 1, numRuns: 200 }).filter((text) => /^[ -~]*$/.test(text));
    } catch {
      return [];
    }
  });
}

function sampleArray(schema: Located<JsonObject>, choice: SampleChoice, depth: number): JsonValue {
  const { value, pointer } = schema;
  const fixed = member(value, "prefixItems");
  const first = isArray(fixed)
    ? fixed.map((item) => sampleValue({ value: item, pointer }, choice, depth + 1))
    : [];
  const items = member(value, "items") ?? true;
  if ((numberMember(value, "minItems") ?? 0) > MAX_SAMPLED) {
    throw new ContradictionError(`a sample has at most ${MAX_SAMPLED.toLocaleString("en")} items`);
  }
  const least = Math.max(numberMember(value, "minItems") ?? 0, choice.optional && depth < MAX_DEPTH ? 1 : 0);
  const count = Math.min(least, numberMember(value, "maxItems") ?? least);
  const isUnique = member(value, "uniqueItems") === true;
  while (first.length < count && items !== false) {
    const alternative = choice.alternative + (isUnique ? first.length : 0);
    const item = sampleValue({ value: items, pointer }, { ...choice, alternative }, depth + 1);
    const isRepeated = isUnique && first.some((other) => JSON.stringify(other) === JSON.stringify(item));
    first.push(isRepeated ? distinct(item, first.length) : item);
  }
  return first;
}

function distinct(item: JsonValue, index: number): JsonValue {
  if (typeof item === "number") return item + index;
  return typeof item === "string" ? `${item.slice(0, -1)}${index}` : item;
}

function sampleObject(schema: Located<JsonObject>, choice: SampleChoice, depth: number): JsonValue {
  const { value, pointer } = schema;
  const known = member(value, "properties");
  const properties = isObject(known) ? known : {};
  const names = member(value, "required");
  const required = isArray(names) ? names.map(String) : [];
  const optional = choice.optional && depth < MAX_DEPTH ? Object.keys(properties) : [];
  const others = member(value, "additionalProperties");
  const result: Record<string, JsonValue> = {};
  for (const name of new Set([...required, ...optional])) {
    const property = Object.hasOwn(properties, name) ? properties[name] : others;
    if (property === false) continue;
    result[name] = sampleValue({ value: property ?? true, pointer }, choice, depth + 1);
  }
  const least = numberMember(value, "minProperties") ?? 0;
  for (const name of [...Object.keys(properties), "first", "second", "third"]) {
    if (Object.keys(result).length >= least) break;
    const property = Object.hasOwn(properties, name) ? properties[name] : others;
    if (property !== false) {
      result[name] = sampleValue({ value: property ?? true, pointer }, choice, depth + 1);
    }
  }
  return result;
}
