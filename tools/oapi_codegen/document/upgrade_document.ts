import type { JsonValue } from "@archway/server/operation.ts";
import { isArray, isObject, type JsonObject } from "../json_value.ts";
import { upgradeSchema } from "./upgrade_schema.ts";

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

/** Members that lead to schemas (OpenAPI 3.0.3, 4.7). A holder is a parameter, header or request body. */
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
  schema: {
    properties: ["map", "schema"],
    additionalProperties: ["one", "schema"],
    items: ["one", "schema"],
    not: ["one", "schema"],
    ...Object.fromEntries(
      ["allOf", "anyOf", "oneOf"].map((name): [string, Child] => [name, ["list", "schema"]]),
    ),
  },
};

/**
 * Upgrades a document of OpenAPI 3.0, or a file that one references, to 3.1 (OpenAPI Initiative, "Migrating from 3.0 to
 * 3.1"). Only schemas differ in meaning; see {@link upgradeSchema}.
 */
export function upgradeDocument(value: JsonValue): JsonValue {
  const upgraded = upgrade(value, "document");
  return isObject(upgraded) && "openapi" in upgraded ? { ...upgraded, openapi: "3.1.0" } : upgraded;
}

function upgrade(value: JsonValue, kind: Kind): JsonValue {
  if (!isObject(value)) return value;
  if (kind === "callback") return upgradeMap(value, "pathItem");
  const members = MEMBERS[kind];
  const upgraded = Object.entries(value).map(([name, item]): [string, JsonValue] => {
    const child = Object.hasOwn(members, name) ? members[name] : undefined;
    return [name, child === undefined ? item : upgradeChild(item, child)];
  });
  const object = Object.fromEntries(upgraded);
  return kind === "schema" ? upgradeSchema(object) : object;
}

function upgradeChild(value: JsonValue, [shape, kind]: Child): JsonValue {
  if (shape === "one") return upgrade(value, kind);
  if (isArray(value)) return value.map((item) => upgrade(item, kind));
  return isObject(value) && shape === "map" ? upgradeMap(value, kind) : value;
}

function upgradeMap(value: JsonObject, kind: Kind): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, upgrade(item, kind)]));
}
