import { isObject, type JsonObject, member } from "../json_value.ts";
import type { Kind } from "../document_kinds.ts";
import type { Version } from "./sources.ts";
import { upgradeNullable, upgradeSchema } from "./upgrade_schema.ts";

/**
 * Upgrades an object, whose parts are upgraded already, from a version of OpenAPI. From 3.0 only schemas differ in meaning
 * (OpenAPI Initiative, "Migrating from 3.0 to 3.1"); documents of 3.1 often still have `nullable`. 3.2 only adds fields.
 */
export function upgradePart(
  value: JsonObject,
  { kind, version }: { readonly kind: Kind; readonly version: Version },
): JsonObject {
  if (kind === "schema") {
    return version === "3.0" ? upgradeSchema(value) : upgradeNullable(value);
  }
  if (kind === "document" && version === "3.0" && isObject(value) && member(value, "openapi") !== undefined) {
    return { ...value, openapi: "3.1.0" };
  }
  return value;
}
