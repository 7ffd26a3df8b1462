import type { JsonValue } from "@archway/server/operation.ts";
import { isArray } from "../oapi_codegen/document/json_value.ts";
import type { FlatSchema } from "./flat_schema.ts";
import type { SchemaPair } from "./schema_pair.ts";

const ALL = ["array", "boolean", "integer", "null", "number", "object", "string"];

/** Returns the values that `enum` and `const` allow; undefined if they do not limit them. */
export function valuesOf({ keywords }: FlatSchema): readonly JsonValue[] | undefined {
  const lists = [
    ...(keywords.get("enum") ?? []).flatMap(({ value }) => isArray(value) ? [value] : []),
    ...(keywords.get("const") ?? []).map(({ value }) => [value]),
  ];
  const [first, ...others] = lists;
  return first?.filter((value) => others.every((list) => list.some((other) => isSame(other, value))));
}

/** Returns the JSON types that a schema allows. A number that is not an integer counts as a type of its own. */
export function typesOf(schema: FlatSchema): ReadonlySet<string> {
  const values = valuesOf(schema);
  const lists = (schema.keywords.get("type") ?? []).map(({ value }) => isArray(value) ? value : [value]);
  if (lists.length === 0 && values !== undefined) lists.push(values.map(typeOfValue));
  const [first = new Set(ALL), ...others] = lists.map((list) =>
    new Set(list.flatMap((name) => name === "number" ? ["integer", "number"] : [String(name)]))
  );
  const types = others.reduce<ReadonlySet<string>>((found, list) => found.intersection(list), first);
  const allowsNull = schema.nullBranch || values === undefined || values.includes(null);
  return new Set(
    [...types, ...schema.nullBranch ? ["null"] : []].filter((type) => type !== "null" || allowsNull),
  );
}

/** Returns the types that both versions allow. As text, scalars are one type. */
export function commonTypes({ before, after }: SchemaPair): ReadonlySet<string> {
  return typesOf(before).intersection(typesOf(after));
}

function typeOfValue(value: JsonValue): string {
  if (value === null) return "null";
  if (isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}

/** Whether two JSON values are the same, regardless of the order of members. */
export function isSame(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: JsonValue | undefined): string {
  return JSON.stringify(
    value,
    (_, item: JsonValue) =>
      typeof item === "object" && item !== null && !isArray(item)
        ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => a < b ? -1 : 1))
        : item,
  ) ?? "";
}
