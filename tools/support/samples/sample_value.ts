import type { JsonValue } from "@archway/server/operation.ts";
import {
  isArray,
  isObject,
  type JsonObject,
  type Located,
  member,
} from "../../oapi_codegen/document/json_value.ts";
import type { References } from "../../oapi_codegen/document/references.ts";
import { type AlternativeChoice, flattenSchema } from "./flatten_schema.ts";
import { ContradictionError, MAX_SAMPLED, numberMember, sampleNumber, sampleText } from "./sample_scalar.ts";

/** Choice among the values that a schema allows. */
export interface SampleChoice extends AlternativeChoice {
  /** Whether examples and defaults of the document are used. */
  readonly examples: boolean;
  /** Whether optional properties are included. */
  readonly optional: boolean;
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

/**
 * Returns a value that matches a schema in most cases; the validator decides whether it does.
 *
 * @throws {ContradictionError} if no value matches
 */
export function sampleValue(schema: Located, choice: SampleChoice, depth = 0): JsonValue {
  const merged = flattenSchema(schema, { choice, depth });
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
