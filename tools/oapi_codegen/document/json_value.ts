import type { JsonValue } from "@archway/server/operation.ts";

/** JSON object of a document. */
export type JsonObject = { readonly [key: string]: JsonValue };

/** Value of a document with its JSON Pointer (RFC 6901), for diagnostics. */
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

/** Returns the own member `key` of an object; undefined for other values. Ignores `Object.prototype`. */
export function member(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Returns the member `key` if it is a text. */
export function textMember(value: JsonValue | undefined, key: string): string | undefined {
  const found = member(value, key);
  return typeof found === "string" ? found : undefined;
}

/** Returns the object or list with each member replaced; the same one if nothing changes, so that parts are shared. */
export function mapMembers(
  value: JsonObject | readonly JsonValue[],
  replace: (name: string, item: JsonValue) => JsonValue,
): JsonValue {
  let isChanged = false;
  const replaced = (name: string, item: JsonValue): JsonValue => {
    const result = replace(name, item);
    isChanged ||= result !== item;
    return result;
  };
  if (isArray(value)) {
    const items = value.map((item, index) => replaced(String(index), item));
    return isChanged ? items : value;
  }
  const members = Object.entries(value).map(([name, item]) => [name, replaced(name, item)] as const);
  return isChanged ? Object.fromEntries(members) : value;
}

/** Yields the members of the object at `key` with their pointers; nothing if it is not an object. */
export function* entries(parent: Located, key?: string): Generator<readonly [string, Located]> {
  const pointer = key === undefined ? parent.pointer : `${parent.pointer}/${escapeToken(key)}`;
  const value = key === undefined ? parent.value : member(parent.value, key);
  if (!isObject(value)) return;
  for (const [name, child] of Object.entries(value)) {
    yield [name, { value: child, pointer: `${pointer}/${escapeToken(name)}` }];
  }
}

/** Yields the elements of the array at `key` with their pointers; nothing if it is not an array. */
export function* elements(parent: Located, key: string): Generator<Located> {
  const value = member(parent.value, key);
  if (!isArray(value)) return;
  for (const [index, child] of value.entries()) {
    yield { value: child, pointer: `${parent.pointer}/${escapeToken(key)}/${index}` };
  }
}

/** Returns the member `key` with its pointer; undefined if absent. */
export function child(parent: Located, key: string): Located | undefined {
  const value = member(parent.value, key);
  return value === undefined ? undefined : { value, pointer: `${parent.pointer}/${escapeToken(key)}` };
}

/** Escapes a reference token of a JSON Pointer (RFC 6901, section 3). */
export function escapeToken(token: string): string {
  return token.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** Unescapes a reference token of a JSON Pointer. */
export function unescapeToken(token: string): string {
  return token.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** Returns the target of a JSON Pointer such as "/components/schemas/Pet". Undefined if there is none. */
export function locate(root: JsonValue, pointer: string): Located | undefined {
  let value: JsonValue | undefined = root;
  for (const token of pointer.split("/").slice(1).map(unescapeToken)) {
    value = isArray(value) ? value[/^(0|[1-9]\d*)$/.test(token) ? Number(token) : -1] : member(value, token);
    if (value === undefined) return undefined;
  }
  return { value, pointer };
}

/** Decodes the JSON Pointer in a URI fragment (RFC 6901, section 6). Undefined if it is not a pointer. */
export function decodeFragment(fragment: string): string | undefined {
  try {
    const pointer = decodeURIComponent(fragment);
    return pointer === "" || pointer.startsWith("/") ? pointer : undefined;
  } catch {
    return undefined;
  }
}
