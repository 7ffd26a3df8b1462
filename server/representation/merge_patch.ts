import type { JsonValue } from "../operation.ts";

type JsonObject = { readonly [key: string]: JsonValue };

/**
 * The value that a JSON Merge Patch makes of a target (RFC 7396, section 2): objects are merged member by member,
 * null takes a member away, anything else replaces. Neither argument is changed. Arguments as `JSON.parse` gives
 * them: a member called `__proto__` is one like any other.
 */
export function mergePatch(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isObject(patch)) return patch;
  const merged = new Map(Object.entries(isObject(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), value));
  }
  return Object.fromEntries(merged);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
