import type { JsonValue } from "@archway/server/operation.ts";
import { isArray, isObject, type JsonObject } from "../json_value.ts";
import { LIST_KEYWORDS, MAP_KEYWORDS, SCHEMA_KEYWORDS } from "../schema_walk.ts";
import { replaceSchemas } from "./schema_positions.ts";
import { upgradeNullable, upgradeSchema } from "./upgrade_schema.ts";

/** Changes a schema whose subschemas are changed already. */
type Change = (schema: JsonObject) => JsonObject;

/** Version of OpenAPI, without the patch. */
export type Version = "3.0" | "3.1" | "3.2";

/**
 * Converts a document, or a file that one references, to OpenAPI 3.1. From 3.0 only schemas differ in meaning (OpenAPI
 * Initiative, "Migrating from 3.0 to 3.1"); documents of 3.1 often still have `nullable`. What 3.2 adds is left out.
 */
export function upgradeDocument(value: JsonValue, { from }: { readonly from: Version }): JsonValue {
  const known = from === "3.2" ? withoutAdditions(value) : value;
  const change: Change = from === "3.0" ? upgradeSchema : upgradeNullable;
  const upgraded = replaceSchemas(known, ({ value: schema }) => upgradeParts(schema, change));
  return from !== "3.1" && isObject(upgraded) && "openapi" in upgraded
    ? { ...upgraded, openapi: "3.1.0" }
    : upgraded;
}

/** Fields that 3.2 adds, by the field that contains their object. */
const ADDITIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ["", ["$self"]],
  ["tags", ["summary", "parent", "kind"]],
  ["servers", ["name"]],
  ["responses", ["summary"]],
  ["content", ["itemSchema", "itemEncoding", "prefixEncoding"]],
  ["paths", ["query", "additionalOperations"]],
]);

/** Returns a document without the fields that 3.2 adds. They stand one or two levels below the name of their group. */
function withoutAdditions(value: JsonValue, groups: readonly string[] = [""]): JsonValue {
  if (isArray(value)) return value.map((item) => withoutAdditions(item, groups));
  if (!isObject(value)) return value;
  const added = groups.slice(-2).flatMap((group) => ADDITIONS.get(group) ?? []);
  return Object.fromEntries(
    Object.entries(value).filter(([name]) => !added.includes(name))
      .map(([name, item]) => [name, isData(name) ? item : withoutAdditions(item, [...groups, name])]),
  );
}

/** Whether a field holds data or a schema, in which any name may occur. */
function isData(name: string): boolean {
  return ["schema", "schemas", "example", "examples", "default"].includes(name);
}

/** Returns a schema with `change` applied to it and to its subschemas, innermost first. */
function upgradeParts(value: JsonValue, change: Change): JsonValue {
  if (!isObject(value)) return value;
  const upgraded = Object.entries(value).map(([name, item]): [string, JsonValue] => {
    if (SCHEMA_KEYWORDS.includes(name)) return [name, upgradeParts(item, change)];
    if (LIST_KEYWORDS.includes(name) && isArray(item)) {
      return [name, item.map((part) => upgradeParts(part, change))];
    }
    if (MAP_KEYWORDS.includes(name) && isObject(item)) {
      const parts = Object.entries(item).map(([key, part]) => [key, upgradeParts(part, change)] as const);
      return [name, Object.fromEntries(parts)];
    }
    return [name, item];
  });
  return change(Object.fromEntries(upgraded));
}
