import { applyPatch, type Operation } from "rfc6902";
import type { JsonValue } from "../operation.ts";

/** Operation of a JSON Patch, as its schema permits it (RFC 6902, section 4). */
export interface JsonPatchOperation {
  readonly op: "add" | "remove" | "replace" | "move" | "copy" | "test";
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

/**
 * Limit for the total size of copied and moved values, in UTF-16 units of JSON text. Each `copy` can double the
 * document, and each `move` traverses its value. The limit grows with the document, so that a patch of a kilobyte
 * cannot take a tenth of a second.
 */
const MAX_COPIED = 1_048_576;
const MIN_COPIED = 65_536;
/** Growth of the limit per unit of the document. */
const COPIED_PER_UNIT = 4;

/** Maximum depth of the result: more than a body may have, and far from exhausting the stack. */
const MAX_DEPTH = 128;

/** Failure to apply an operation; the whole patch has no effect. */
export class JsonPatchError extends Error {
  override readonly name = "JsonPatchError";

  /** @param index Position of the operation in the patch, from 0. */
  constructor(readonly index: number, readonly reason: string) {
    super(`Operation ${index} of the JSON Patch ${reason}`);
  }
}

/**
 * Applies a JSON Patch (RFC 6902) to a copy of the target.
 *
 * @throws {JsonPatchError} if an operation does not fit the document.
 */
export function applyJsonPatch(target: JsonValue, patch: readonly JsonPatchOperation[]): JsonValue {
  // The library works in place, so a copy makes the patch atomic. The holder permits replacing the root.
  const holder = { document: structuredClone(target) };
  const maxCopied = Math.min(MAX_COPIED, MIN_COPIED + COPIED_PER_UNIT * JSON.stringify(target).length);
  let copied = 0;
  patch.forEach((operation, index) => {
    const found = placesOf(operation).map((place) => lookUp(holder.document, place));
    if (found.includes(MISSING)) throw new JsonPatchError(index, REASONS.MissingError);
    if (operation.op === "test") {
      if (jsonEqual(found[0], operation.value)) return;
      throw new JsonPatchError(index, REASONS.TestError);
    }
    const copies = sourceOf(operation) !== undefined;
    const value = copies ? found[0] : operation.value;
    if (operation.path.split("/").length + depthOf(value) > MAX_DEPTH) {
      throw new JsonPatchError(index, "nests the document too deeply");
    }
    if (copies) copied += JSON.stringify(value).length;
    if (copied > maxCopied) throw new JsonPatchError(index, "copies and moves too much");
    const [error] = applyPatch(holder, [rooted(operation, index)]);
    if (error) throw new JsonPatchError(index, REASONS.MissingError);
    if (holder.document === undefined) throw new JsonPatchError(index, "removes the whole document");
  });
  return holder.document;
}

const REASONS = {
  MissingError: "refers to a location that does not exist",
  TestError: "does not match the current value",
} as const;

/** Returns the operation applied to the holder's property instead of the document. */
function rooted({ op, path, from, value }: JsonPatchOperation, index: number): Operation {
  const place = `/document${path}`;
  if (op === "remove") return { op, path: place };
  if (op === "move" || op === "copy") {
    if (from === undefined) throw new JsonPatchError(index, 'has no "from"');
    return { op, path: place, from: `/document${from}` };
  }
  return { op, path: place, value };
}

/** JSON Pointer (RFC 6901), and whether its value must exist. */
interface Place {
  readonly pointer: string;
  readonly existing: boolean;
}

function placesOf(operation: JsonPatchOperation): readonly Place[] {
  const { op, path } = operation;
  const from = sourceOf(operation);
  const target = { pointer: path, existing: op === "remove" || op === "replace" || op === "test" };
  return from === undefined ? [target] : [{ pointer: from, existing: true }, target];
}

/** Returns the source of a move or copy; other operations ignore `from` (section 4). */
function sourceOf({ op, from }: JsonPatchOperation): string | undefined {
  return op === "move" || op === "copy" ? from : undefined;
}

/** Names that the library silently skips. */
const SKIPPED_NAMES = new Set(["__proto__", "constructor", "prototype"]);

/** Marks a location that does not exist and cannot be created. */
const MISSING = Symbol("missing");

/**
 * Returns the value at a location, undefined if it can be created. Only own properties count: the library would follow
 * names such as "toString" into JavaScript's prototypes and write there.
 */
function lookUp(document: JsonValue, { pointer, existing }: Place): unknown {
  const names = pointer.split("/").slice(1).map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
  let place: unknown = document;
  for (const [index, name] of names.entries()) {
    if (typeof place !== "object" || place === null || SKIPPED_NAMES.has(name)) return MISSING;
    // Enumerable only: an array's length is not part of the document.
    if (Object.prototype.propertyIsEnumerable.call(place, name)) place = Reflect.get(place, name);
    else if (index === names.length - 1 && !existing) return undefined;
    else return MISSING;
  }
  return place;
}

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let deepest = 0;
  for (const member of Object.values(value)) deepest = Math.max(deepest, depthOf(member));
  return deepest + 1;
}

/** Compares JSON values by RFC 6902, section 4.6: numbers by value, objects regardless of order. */
export function jsonEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length &&
      a.every((item, index) => jsonEqual(item, b[index]));
  }
  const members = new Map(Object.entries(b));
  const entries = Object.entries(a);
  return entries.length === members.size &&
    entries.every(([name, member]) => members.has(name) && jsonEqual(member, members.get(name)));
}
