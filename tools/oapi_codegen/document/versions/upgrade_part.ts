import { isObject, type JsonObject, member } from "../json_value.ts";
import type { Kind } from "../document_kinds.ts";
import type { Version } from "../sources/sources.ts";
import { type HasFlag, upgradeNullable, upgradeSchema } from "./upgrade_schema.ts";

/**
 * Upgrades an object, whose parts are upgraded already, from a version of OpenAPI. From 3.0 only schemas differ in meaning
 * (OpenAPI Initiative, "Migrating from 3.0 to 3.1"); documents of 3.1 often still have `nullable`. Of what 3.2 adds, parameters for the whole query string have an equivalent.
 */
export function upgradePart(
  value: JsonObject,
  { kind, version, hasFlag }: {
    readonly kind: Kind;
    readonly version: Version;
    /** Whether a property of the object, or a schema to which it refers, has a flag such as `readOnly`. */
    readonly hasFlag: HasFlag;
  },
): JsonObject {
  if (kind === "schema") {
    return version === "3.0" ? upgradeSchema(value, hasFlag) : upgradeNullable(value);
  }
  if (kind === "document" && version === "3.0" && isObject(value) && member(value, "openapi") !== undefined) {
    return { ...value, openapi: "3.1.0" };
  }
  return kind === "parameter" && value["in"] === "querystring" ? asQueryParameter(value) : value;
}

/**
 * Returns a parameter for the whole query string as one for an object whose members are parameters: both are written alike.
 * Content of another type stays, and is rejected.
 */
function asQueryParameter(parameter: JsonObject): JsonObject {
  const { content, ...rest } = parameter;
  const schema = member(member(content, "application/x-www-form-urlencoded"), "schema");
  return schema === undefined ? parameter : { ...rest, in: "query", style: "form", explode: true, schema };
}
