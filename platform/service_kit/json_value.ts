import type { JsonValue } from "@archway/server/operation.ts";

/** JSON object of a document. */
export type JsonObject = { readonly [key: string]: JsonValue };

/** Whether `value` is a JSON object: neither an array nor null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether `value` is a JSON array. */
export function isArray(value: unknown): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Returns the own member `key` of an object; undefined for other values. Ignores `Object.prototype`. */
export function member(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Returns the member `key` if it is a text. */
export function textMember(value: JsonValue | undefined, key: string): string | undefined {
  const found = member(value, key);
  return typeof found === "string" ? found : undefined;
}

/** Escapes a reference token of a JSON Pointer (RFC 6901, section 3). */
export function escapeToken(token: string): string {
  return token.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** Unescapes a reference token of a JSON Pointer. */
export function unescapeToken(token: string): string {
  return token.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** Returns the value at a JSON Pointer such as "/components/schemas/Pet"; undefined if there is none. */
export function valueAt(root: JsonValue, pointer: string): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const escaped of pointer.split("/").slice(1)) {
    const token = unescapeToken(escaped);
    value = isArray(value) ? value[/^(0|[1-9]\d*)$/.test(token) ? Number(token) : -1] : member(value, token);
  }
  return value;
}
