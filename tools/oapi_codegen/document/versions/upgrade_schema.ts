import type { JsonValue } from "@archway/server/operation.ts";
import { isArray, isObject, type JsonObject } from "../json_value.ts";
import { REQUIRED_OF_REQUESTS, REQUIRED_OF_RESPONSES } from "../../schemas/schema_walk.ts";

const NULL = { type: "null" };

/** Annotations, which may stand beside a `$ref`; other siblings had no effect in 3.0 (3.0.3, 4.7.23). */
const BESIDE_REF = ["$ref", "description", "title", "deprecated", "readOnly", "writeOnly", "nullable"];

/** Whether a property, or a schema to which it refers, has a flag such as `readOnly`. */
export type HasFlag = (property: string, flag: string) => boolean;

/**
 * Upgrades a schema of OpenAPI 3.0, whose subschemas are upgraded already, to JSON Schema 2020-12:
 *
 * - `nullable` becomes the type "null", also beside `$ref`, `allOf` and `enum`, where tools read it so.
 * - `exclusiveMinimum: true` becomes the limit itself, as `exclusiveMaximum` does.
 * - `example` becomes `examples`.
 * - A required property that is read-only is required of responses alone, one that is write-only of requests (3.0.3,
 *   4.7.24.2).
 */
export function upgradeSchema(schema: JsonObject, hasFlag: HasFlag): JsonObject {
  const steps = [dropSiblings, upgradeLimits, upgradeExample];
  const upgraded = steps.reduce((current, step) => step(current), schema);
  return upgradeNullable(splitRequired(upgraded, hasFlag));
}

function dropSiblings(schema: JsonObject): JsonObject {
  if (typeof schema["$ref"] !== "string") return schema;
  return Object.fromEntries(
    Object.entries(schema).filter(([name]) => BESIDE_REF.includes(name) || name.startsWith("x-")),
  );
}

function upgradeLimits(schema: JsonObject): JsonObject {
  return (["Minimum", "Maximum"] as const).reduce((upgraded, name): JsonObject => {
    const [exclusive, inclusive] = [`exclusive${name}`, name.toLowerCase()];
    const { [exclusive]: isExclusive, [inclusive]: limit, ...rest } = upgraded;
    if (typeof isExclusive !== "boolean") return upgraded;
    if (limit === undefined) return rest;
    return { ...rest, [isExclusive ? exclusive : inclusive]: limit };
  }, schema);
}

function upgradeExample(schema: JsonObject): JsonObject {
  const { example, ...rest } = schema;
  return example === undefined ? schema : { ...rest, examples: [example] };
}

/** Moves required properties that only one direction has to fields of their own. */
function splitRequired(schema: JsonObject, hasFlag: HasFlag): JsonObject {
  const { required, properties } = schema;
  if (!isArray(required) || !isObject(properties)) return schema;
  const having = (flag: string): readonly JsonValue[] =>
    required.filter((name) => typeof name === "string" && hasFlag(name, flag));
  const [ofResponses, ofRequests] = [having("readOnly"), having("writeOnly")];
  const rest = required.filter((name) => !ofResponses.includes(name) && !ofRequests.includes(name));
  if (rest.length === required.length) return schema;
  const { required: _, ...others } = schema;
  return {
    ...others,
    ...rest.length > 0 && { required: rest },
    ...ofResponses.length > 0 && { [REQUIRED_OF_RESPONSES]: ofResponses },
    ...ofRequests.length > 0 && { [REQUIRED_OF_REQUESTS]: ofRequests },
  };
}

/** Upgrades `nullable`, which means nothing in 3.1, to the type "null". */
export function upgradeNullable(schema: JsonObject): JsonObject {
  const { nullable, ...rest } = schema;
  if (nullable === undefined) return schema;
  if (nullable !== true) return rest;
  const { type, enum: values } = rest;
  const types = typeof type === "string" ? [type] : isArray(type) ? type : undefined;
  if (types !== undefined) {
    const withNull = { ...rest, type: types.includes("null") ? types : [...types, "null"] };
    return isArray(values) && !values.includes(null) ? { ...withNull, enum: [...values, null] } : withNull;
  }
  if (!wrapsNullable(schema)) return rest;
  const { description, title, ...asserted } = rest;
  return {
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    anyOf: [asserted, NULL],
  };
}

/** Whether a schema becomes an alternative beside null: if it is nullable without a type, and asserts anything. */
export function wrapsNullable(schema: JsonValue): boolean {
  if (!isObject(schema) || schema["nullable"] !== true) return false;
  const { nullable: _, type, description: __, title: ___, ...asserted } = schema;
  return typeof type !== "string" && !isArray(type) && Object.keys(asserted).length > 0;
}
