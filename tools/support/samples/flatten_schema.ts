import type { JsonValue } from "@archway/server/operation.ts";
import {
  isArray,
  isObject,
  type JsonObject,
  type Located,
  member,
  textMember,
} from "../../oapi_codegen/document/json_value.ts";
import type { References } from "../../oapi_codegen/document/references.ts";

/** Choice among the schemas that a schema combines. */
export interface AlternativeChoice {
  readonly references: References;
  /** Index of the alternative of `oneOf` and `anyOf`, modulo their number. */
  readonly alternative: number;
  /**
   * Whether a property is added that the other alternatives of `oneOf` forbid, for alternatives that overlap.
   *
   * @default false
   */
  readonly contrast?: boolean;
}

/** Resolves references, `allOf` and the chosen alternative into one schema without them. */
export function flattenSchema(
  { value, pointer }: Located,
  { choice, depth }: { readonly choice: AlternativeChoice; readonly depth: number },
): JsonValue {
  if (!isObject(value)) return value;
  if (depth > 40) return {};
  const { $ref, allOf, oneOf, anyOf, ...own } = value;
  const inner = (part: JsonValue): JsonValue =>
    flattenSchema({ value: part, pointer }, { choice, depth: depth + 1 });
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
