import type { JsonValue } from "@archway/server/operation.ts";
import { isArray, isObject, type JsonObject } from "../json_value.ts";
import { LIST_KEYWORDS, MAP_KEYWORDS, SCHEMA_KEYWORDS } from "../schema_walk.ts";
import { upgradeNullable, upgradeSchema } from "./upgrade_schema.ts";

/** Kinds of objects of OpenAPI 3.0 that contain schemas, directly or below. */
type Kind =
  | "callback"
  | "components"
  | "document"
  | "encoding"
  | "holder"
  | "mediaType"
  | "operation"
  | "pathItem"
  | "response"
  | "schema";

/** A member: an object of a kind, or a list or map of them. */
type Child = readonly [shape: "one" | "list" | "map", kind: Kind];

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/** Members that lead to schemas (OpenAPI 3.1, 4.8). A holder is a parameter, header or request body. */
const MEMBERS: Readonly<Record<Exclude<Kind, "callback">, Readonly<Record<string, Child>>>> = {
  document: { paths: ["map", "pathItem"], webhooks: ["map", "pathItem"], components: ["one", "components"] },
  components: {
    schemas: ["map", "schema"],
    responses: ["map", "response"],
    parameters: ["map", "holder"],
    requestBodies: ["map", "holder"],
    headers: ["map", "holder"],
    callbacks: ["map", "callback"],
  },
  pathItem: {
    parameters: ["list", "holder"],
    ...Object.fromEntries(METHODS.map((method): [string, Child] => [method, ["one", "operation"]])),
  },
  operation: {
    parameters: ["list", "holder"],
    requestBody: ["one", "holder"],
    responses: ["map", "response"],
    callbacks: ["map", "callback"],
  },
  holder: { schema: ["one", "schema"], content: ["map", "mediaType"] },
  response: { headers: ["map", "holder"], content: ["map", "mediaType"] },
  mediaType: { schema: ["one", "schema"], encoding: ["map", "encoding"] },
  encoding: { headers: ["map", "holder"] },
  schema: Object.fromEntries([
    ...SCHEMA_KEYWORDS.map((name): [string, Child] => [name, ["one", "schema"]]),
    ...LIST_KEYWORDS.map((name): [string, Child] => [name, ["list", "schema"]]),
    ...MAP_KEYWORDS.map((name): [string, Child] => [name, ["map", "schema"]]),
  ]),
};

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
  const upgraded = upgrade(known, "document", from === "3.0" ? upgradeSchema : upgradeNullable);
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

function upgrade(value: JsonValue, kind: Kind, change: Change): JsonValue {
  if (!isObject(value)) return value;
  if (kind === "callback") return upgradeMap(value, "pathItem", change);
  const members = MEMBERS[kind];
  const upgraded = Object.entries(value).map(([name, item]): [string, JsonValue] => {
    const child = Object.hasOwn(members, name) ? members[name] : undefined;
    return [name, child === undefined ? item : upgradeChild(item, child, change)];
  });
  const object = Object.fromEntries(upgraded);
  return kind === "schema" ? change(object) : object;
}

function upgradeChild(value: JsonValue, [shape, kind]: Child, change: Change): JsonValue {
  if (shape === "one") return upgrade(value, kind, change);
  if (isArray(value)) return value.map((item) => upgrade(item, kind, change));
  return isObject(value) && shape === "map" ? upgradeMap(value, kind, change) : value;
}

function upgradeMap(value: JsonObject, kind: Kind, change: Change): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, upgrade(item, kind, change)]));
}
