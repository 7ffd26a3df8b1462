import type { JsonValue } from "@archway/server/operation.ts";
import { DOCUMENT, type Part, type PartType, typeOfMember } from "../document_kinds.ts";
import {
  escapeToken,
  isArray,
  isObject,
  type JsonObject,
  locate,
  member,
  textMember,
} from "../json_value.ts";
import type { SelectableOperation, Selector } from "../../config/selection.ts";
import { componentPointer } from "../sources/sources.ts";
import { localPointer, usedComponents } from "./used_components.ts";

/** Members of a path item that are operations. */
const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/** Rules that operations and media types have to meet. */
export interface SelectPartsOptions {
  readonly include: Selector;
  readonly exclude: Selector;
  /** Names of security schemes that stay. */
  readonly schemes: readonly string[];
}

/** Selected parts of a document. */
export interface SelectedParts {
  readonly document: JsonObject;
  /** Pointers of what was removed. */
  readonly removed: readonly string[];
  /** Pointers of bodies without a selected media type. */
  readonly emptied: readonly string[];
}

/**
 * Returns a document without the operations and media types that are not selected, and without the components that only
 * those use. All other parts keep their pointers.
 */
export function selectParts(
  document: JsonObject,
  { include, exclude, schemes }: SelectPartsOptions,
): SelectedParts {
  const removed: string[] = [];
  const isSelected = (item: SelectableOperation): boolean => {
    const isIncluded = include.matches(item) || !include.hasOperationRules;
    return !exclude.matches(item) && isIncluded;
  };
  let selected = document;
  for (const group of ["paths", "webhooks"]) {
    const items = member(document, group);
    if (!isObject(items)) continue;
    const kept = Object.entries(items).flatMap(([path, item]): [string, JsonValue][] => {
      const at = `/${group}/${escapeToken(path)}`;
      const target = targetOf(item, document);
      const operations = operationsOf({ value: target, pointer: at, type: ["one", "pathItem"] });
      const gone = operations.filter(({ part, method }) => !isSelected({ operation: part, path, method }));
      if (gone.length === 0) return [[path, item]];
      removed.push(...gone.length === operations.length ? [at] : gone.map(({ part }) => part.pointer));
      return gone.length === operations.length
        ? []
        : [[path, withoutMembers(target, gone.map(({ part }) => part.pointer.slice(at.length)))]];
    });
    if (removed.length > 0) selected = { ...selected, [group]: Object.fromEntries(kept) };
  }
  const emptied: string[] = [];
  if (include.rules.mediaTypes.length + exclude.rules.mediaTypes.length > 0) {
    const filtered = filterMediaTypes({ value: selected, pointer: "", type: DOCUMENT }, {
      emptied,
      isSelected: (mediaType) => {
        const isIncluded = include.matchesMediaType(mediaType) || include.rules.mediaTypes.length === 0;
        return !exclude.matchesMediaType(mediaType) && isIncluded;
      },
    });
    selected = isObject(filtered) ? filtered : selected;
  }
  if (selected === document) return { document, removed, emptied };
  const before = usedComponents(document);
  const after = new Set([
    ...usedComponents(selected),
    ...schemes.map((name) => componentPointer("securitySchemes", name)),
  ]);
  const unused = [...before].filter((pointer) => !after.has(pointer));
  removed.push(...unused);
  const result = withoutMembers(selected, unused);
  return {
    document: isObject(result) ? result : selected,
    removed,
    emptied: emptied.filter((pointer) => locate(result, pointer) !== undefined),
  };
}

/** Returns the value of a path item, or of the one that it refers to. */
function targetOf(item: JsonValue, document: JsonObject): JsonValue {
  const pointer = localPointer(textMember(item, "$ref"));
  const target = pointer === undefined ? undefined : locate(document, pointer)?.value;
  if (!isObject(target) || !isObject(item)) return item;
  const { $ref: _, ...beside } = item;
  return { ...target, ...beside };
}

function operationsOf(pathItem: Part): readonly { readonly part: Part; readonly method: string }[] {
  const found: { readonly part: Part; readonly method: string }[] = [];
  const { value, pointer } = pathItem;
  for (const [method, item] of Object.entries(isObject(value) ? value : {})) {
    const type: PartType = ["one", "operation"];
    if (METHODS.includes(method)) {
      found.push({ method, part: { value: item, pointer: `${pointer}/${method}`, type } });
    }
    if (method !== "additionalOperations" || !isObject(item)) continue;
    for (const [name, operation] of Object.entries(item)) {
      const at = `${pointer}/${method}/${escapeToken(name)}`;
      found.push({ method: name, part: { value: operation, pointer: at, type } });
    }
  }
  return found;
}

/** Removes the media types of bodies that are not selected. */
function filterMediaTypes(
  { value, pointer, type }: Part,
  options: { readonly emptied: string[]; readonly isSelected: (mediaType: string) => boolean },
): JsonValue {
  const copied = (name: string, item: JsonValue): JsonValue => {
    const inner = typeOfMember(type, name);
    const at = `${pointer}/${escapeToken(name)}`;
    if (inner === undefined || inner[1] === "schema") return item;
    const hasBody = type[0] === "one" && (type[1] === "requestBody" || type[1] === "response");
    if (!hasBody || name !== "content" || !isObject(item)) {
      return filterMediaTypes({ value: item, pointer: at, type: inner }, options);
    }
    const kept = Object.entries(item).filter(([mediaType]) => options.isSelected(mediaType));
    if (kept.length === 0 && Object.keys(item).length > 0) options.emptied.push(at);
    return Object.fromEntries(kept);
  };
  if (isArray(value)) return value.map((item, index) => copied(String(index), item));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, copied(name, item)]));
}

/** Returns a value without the object members at the pointers. */
function withoutMembers(value: JsonValue, pointers: readonly string[]): JsonValue {
  if (!isObject(value) || pointers.length === 0) return value;
  const byMember = new Map<string, string[]>();
  for (const pointer of pointers) {
    const [, token = "", ...rest] = pointer.split("/");
    byMember.set(token, [...byMember.get(token) ?? [], rest.map((part) => `/${part}`).join("")]);
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]): [string, JsonValue][] => {
      const below = byMember.get(escapeToken(name));
      if (below === undefined) return [[name, item]];
      return below.includes("") ? [] : [[name, withoutMembers(item, below)]];
    }),
  );
}
