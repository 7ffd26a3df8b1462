import type { JsonValue } from "../operation.ts";

type JsonObject = { readonly [key: string]: JsonValue };

/**
 * Applies a JSON Merge Patch (RFC 7396, section 2) without changing its arguments. Merges objects, removes properties
 * set to null, and replaces anything else. Arguments must come from `JSON.parse`; `__proto__` is then a regular
 * property.
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
