import { applyPatch, type Operation } from "rfc6902";
import type { JsonValue } from "../operation.ts";

/** An operation of a JSON Patch, as its schema lets it through (RFC 6902, section 4). */
export interface JsonPatchOperation {
  readonly op: "add" | "remove" | "replace" | "move" | "copy" | "test";
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

/**
 * How much a patch may copy and move in all, in UTF-16 units of JSON text: each `copy` could double the document, and
 * each `move` costs a walk through what is moved. So a small document has a small bound: a patch of a kilobyte is not
 * to take a tenth of a second.
 */
const MAX_CARRIED = 1_048_576;
const LEAST_CARRIED = 65_536;
/** By how much of the document it may be more than the least. */
const CARRIED_SHARE = 4;

/** The deepest document a patch may make: more than a body may have, far less than would exhaust the stack. */
const MAX_DEPTH = 128;

/** An operation that cannot be applied; none of its patch was. */
export class JsonPatchError extends Error {
  override readonly name = "JsonPatchError";

  /** @param index The operation's place in the patch, from 0. */
  constructor(readonly index: number, readonly reason: string) {
    super(`Operation ${index} of the JSON Patch ${reason}`);
  }
}

/**
 * The document that a JSON Patch makes of a target (RFC 6902); the target itself stays as it is.
 *
 * @throws {JsonPatchError} when an operation does not fit the document.
 */
export function applyJsonPatch(target: JsonValue, patch: readonly JsonPatchOperation[]): JsonValue {
  // The library works in place: on a copy, all or nothing comes by itself. The holder lets "" be replaced too.
  const holder = { document: structuredClone(target) };
  const most = Math.min(MAX_CARRIED, LEAST_CARRIED + CARRIED_SHARE * JSON.stringify(target).length);
  let carried = 0;
  patch.forEach((operation, index) => {
    const found = places(operation).map((place) => lookUp(holder.document, place));
    if (found.includes(MISSING)) throw new JsonPatchError(index, REASONS.MissingError);
    if (operation.op === "test") {
      if (jsonEqual(found[0], operation.value)) return;
      throw new JsonPatchError(index, REASONS.TestError);
    }
    const carries = sourceOf(operation) !== undefined;
    const value = carries ? found[0] : operation.value;
    if (operation.path.split("/").length + depthOf(value) > MAX_DEPTH) {
      throw new JsonPatchError(index, "nests the document too deeply");
    }
    if (carries) carried += JSON.stringify(value).length;
    if (carried > most) throw new JsonPatchError(index, "copies and moves too much");
    const [error] = applyPatch(holder, [rooted(operation, index)]);
    if (error) throw new JsonPatchError(index, REASONS.MissingError);
    if (holder.document === undefined) throw new JsonPatchError(index, "takes the whole document away");
  });
  return holder.document;
}

const REASONS = {
  MissingError: "names a place that the document does not have",
  TestError: "tests for a value that the document does not have there",
} as const;

/** The operation on the holder's member instead of on the document. */
function rooted({ op, path, from, value }: JsonPatchOperation, index: number): Operation {
  const place = `/document${path}`;
  if (op === "remove") return { op, path: place };
  if (op === "move" || op === "copy") {
    if (from === undefined) throw new JsonPatchError(index, "has no member from");
    return { op, path: place, from: `/document${from}` };
  }
  return { op, path: place, value };
}

/** A JSON Pointer (RFC 6901), and whether something has to be there already. */
interface Place {
  readonly pointer: string;
  readonly existing: boolean;
}

function places(operation: JsonPatchOperation): readonly Place[] {
  const { op, path } = operation;
  const from = sourceOf(operation);
  const target = { pointer: path, existing: op === "remove" || op === "replace" || op === "test" };
  return from === undefined ? [target] : [{ pointer: from, existing: true }, target];
}

/** Where a value comes from; on other operations a member `from` has no meaning and is ignored (section 4). */
function sourceOf({ op, from }: JsonPatchOperation): string | undefined {
  return op === "move" || op === "copy" ? from : undefined;
}

/** Names that the library passes over in silence wherever they stand. */
const PASSED_OVER = new Set(["__proto__", "constructor", "prototype"]);

/** There is nothing at a place, and nothing can be put there. */
const MISSING = Symbol("missing");

/**
 * What stands at a place of the document, undefined where something new may be put. Every name is looked up among own
 * members: the library itself would follow "toString" and the like into JavaScript's own prototypes and write there.
 */
function lookUp(document: JsonValue, { pointer, existing }: Place): unknown {
  const names = pointer.split("/").slice(1).map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
  let place: unknown = document;
  for (const [index, name] of names.entries()) {
    if (typeof place !== "object" || place === null || PASSED_OVER.has(name)) return MISSING;
    // Of an array only the items are members, not its length.
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

/** Whether two JSON values are equal as RFC 6902, section 4.6, has it: numbers by value, objects without regard to order. */
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
