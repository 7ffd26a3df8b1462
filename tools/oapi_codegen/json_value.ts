import type { JsonValue } from "@archway/server/operation.ts";

/** A JSON object as the generator reads it. */
export type JsonObject = { readonly [key: string]: JsonValue };

/** A value of the document together with its JSON Pointer (RFC 6901), without which no diagnostic can be named. */
export interface Located<T extends JsonValue = JsonValue> {
  readonly value: T;
  readonly pointer: string;
}

/** Whether `value` is a JSON object: neither an array nor null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether `value` is a JSON array. */
export function isArray(value: unknown): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** The own member `key` of an object; undefined for anything else. Never reaches `Object.prototype`. */
export function member(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The member `key` if it is text. */
export function textMember(value: JsonValue | undefined, key: string): string | undefined {
  const found = member(value, key);
  return typeof found === "string" ? found : undefined;
}

/** The members of the object at `key`, each with its pointer; none when there is no object. */
export function* entries(parent: Located, key?: string): Generator<readonly [string, Located]> {
  const pointer = key === undefined ? parent.pointer : `${parent.pointer}/${escapeToken(key)}`;
  const value = key === undefined ? parent.value : member(parent.value, key);
  if (!isObject(value)) return;
  for (const [name, child] of Object.entries(value)) {
    yield [name, { value: child, pointer: `${pointer}/${escapeToken(name)}` }];
  }
}

/** The elements of the array at `key`, each with its pointer; none when there is no array. */
export function* elements(parent: Located, key: string): Generator<Located> {
  const value = member(parent.value, key);
  if (!isArray(value)) return;
  for (const [index, child] of value.entries()) {
    yield { value: child, pointer: `${parent.pointer}/${escapeToken(key)}/${index}` };
  }
}

/** The member `key` with its pointer; undefined when it is absent. */
export function child(parent: Located, key: string): Located | undefined {
  const value = member(parent.value, key);
  return value === undefined ? undefined : { value, pointer: `${parent.pointer}/${escapeToken(key)}` };
}

/** One reference token of a JSON Pointer, escaped (RFC 6901, section 3). */
export function escapeToken(token: string): string {
  return token.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** One reference token of a JSON Pointer, unescaped. */
export function unescapeToken(token: string): string {
  return token.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** What a JSON Pointer such as "/components/schemas/Pet" leads to; undefined when there is nothing. */
export function locate(root: JsonValue, pointer: string): Located | undefined {
  let value: JsonValue | undefined = root;
  for (const token of pointer.split("/").slice(1).map(unescapeToken)) {
    value = isArray(value) ? value[/^(0|[1-9]\d*)$/.test(token) ? Number(token) : -1] : member(value, token);
    if (value === undefined) return undefined;
  }
  return { value, pointer };
}

/** The JSON Pointer in a URI's fragment (RFC 6901, section 6); undefined when it is none. */
export function decodeFragment(fragment: string): string | undefined {
  try {
    const pointer = decodeURIComponent(fragment);
    return pointer === "" || pointer.startsWith("/") ? pointer : undefined;
  } catch {
    return undefined;
  }
}
