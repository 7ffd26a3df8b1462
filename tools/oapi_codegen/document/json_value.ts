import type { JsonValue } from "@archway/server/operation.ts";
import {
  escapeToken,
  isArray,
  isObject,
  type JsonObject,
  member,
  valueAt,
} from "@archway/service_kit/json_value.ts";

export {
  escapeToken,
  isArray,
  isObject,
  type JsonObject,
  member,
  textMember,
  unescapeToken,
} from "@archway/service_kit/json_value.ts";

/** Value of a document with its JSON Pointer (RFC 6901), for diagnostics. */
export interface Located<T extends JsonValue = JsonValue> {
  readonly value: T;
  readonly pointer: string;
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

/** Returns the target of a JSON Pointer such as "/components/schemas/Pet". Undefined if there is none. */
export function locate(root: JsonValue, pointer: string): Located | undefined {
  const value = valueAt(root, pointer);
  return value === undefined ? undefined : { value, pointer };
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
