import { isArray, isObject, type JsonObject } from "@archway/service_kit/json_value.ts";
import type { JsonValue } from "@archway/server/operation.ts";
import type { ApiDocument, Schema } from "./api_document.ts";

/** Texts of which one fits most patterns and formats. */
const TEXTS = [
  ...[
    "a",
    "A",
    "1",
    "Aa1",
    "abc",
    "AA",
    "ABC",
    "abcd",
    "1.00",
    "0001",
    "+15550100",
    "2026-11-29",
    "12:00:00Z",
  ],
  ...["2026-11-29T12:00:00Z", "https://example.com/a", "127.0.0.1", "P1D", "/a", "en", "a-b", "#aabbcc"],
] as const;

/** Id in samples that stands for a new one in each request. */
export const FRESH = "0193a3f0-0000-7000-8000-0000000f4e54";

/** Returns a text with an id in place of each placeholder, to be compared with a schema. */
export function withoutPlaceholders(text: string): string {
  return text.replaceAll(/\{[A-Za-z_]+\}/g, FRESH);
}

/** Returns a small value that a schema allows, with {@link FRESH} where it lets it; undefined if none is found. */
export function sampleOf(api: ApiDocument, schema: Schema): JsonValue | undefined {
  return [...candidates(api, schema, 0)].find((value) => api.isValid(schema, value));
}

function* candidates(api: ApiDocument, written: Schema, depth: number): Generator<JsonValue> {
  const schema = withAllOf(api, written);
  const { const: constant, enum: values, default: preset, example, examples } = schema;
  if (constant !== undefined) return yield constant;
  if (isArray(values)) return yield* values;
  const types = [schema["type"] ?? guessType(schema)].flat();
  const hasPattern = schema["pattern"] !== undefined;
  if (types.includes("string") && !hasPattern) yield* texts(schema);
  if (!types.includes("object")) {
    yield* [isArray(examples) ? examples : [], example ?? [], preset ?? []].flat();
  }
  if (types.includes("string") && hasPattern) yield* texts(schema);
  for (const type of types) {
    if (type === "object" && depth < 8) yield* objects(api, schema, depth);
    if (type === "array" && depth < 8) {
      const items = [...candidates(api, schema["items"] ?? true, depth + 1)];
      yield items.slice(0, Number(schema["minItems"] ?? 0));
      yield items.slice(0, 1);
    }
    if (type === "integer" || type === "number") {
      const bounds = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
      const near = bounds.flatMap((name) => [0, 1, -1].map((more) => Number(schema[name] ?? 1) + more));
      yield* [1, ...near];
    }
    if (type === "boolean") yield* [false, true];
    if (type === "null") yield null;
  }
  for (const branch of [schema["oneOf"], schema["anyOf"]].flat()) {
    if (branch !== undefined && depth < 8) {
      yield* candidates(api, { ...schema, ...api.resolve(branch), oneOf: [], anyOf: [] }, depth + 1);
    }
  }
}

function* objects(api: ApiDocument, schema: JsonObject, depth: number): Generator<JsonValue> {
  const properties = api.resolve(schema["properties"]);
  const required = isArray(schema["required"]) ? schema["required"].map(String) : [];
  for (const names of [required, Object.keys(properties)]) {
    const value: Record<string, JsonValue> = {};
    for (const name of names) {
      const property = properties[name] ?? true;
      const found = [...candidates(api, property, depth + 1)].find((one) => api.isValid(property, one));
      if (found !== undefined) value[name] = found;
    }
    yield value;
  }
}

function texts(schema: JsonObject): readonly string[] {
  const length = Number(schema["minLength"] ?? 1);
  const filled = [`Sample ${FRESH}`, FRESH, "Sample".padEnd(length, "a"), "a".repeat(length)];
  return [...filled, `sample-${FRESH}@example.com`, ...TEXTS];
}

/** Returns a schema with the members of its `allOf`. */
export function withAllOf(api: ApiDocument, written: Schema): JsonObject {
  const { allOf, ...schema } = api.resolve(written);
  if (!isArray(allOf)) return schema;
  return [...allOf.map((part) => withAllOf(api, part)), schema].reduce((all, part) => ({
    ...all,
    ...part,
    required: [all["required"] ?? [], part["required"] ?? []].flat(),
    properties: { ...Object(all["properties"]), ...Object(part["properties"]) },
  }), {});
}

function guessType({ properties, items, pattern, minimum }: JsonObject): string {
  if (isObject(properties)) return "object";
  if (items !== undefined) return "array";
  return pattern === undefined && minimum !== undefined ? "integer" : "string";
}
