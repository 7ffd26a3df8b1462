import { applyPatch, type Operation } from "rfc6902";
import type { JsonValue } from "./operation.ts";

/** An operation of a JSON Patch, as its schema lets it through (RFC 6902, section 4). */
export interface JsonPatchOperation {
  readonly op: "add" | "remove" | "replace" | "move" | "copy" | "test";
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

/** The longest document a patch may make, in UTF-16 units of its JSON text: each `copy` could double it. */
const MAX_LENGTH = 1_048_576;

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
  patch.forEach((operation, index) => {
    if (!places(operation).every((place) => isInside(holder.document, place))) {
      throw new JsonPatchError(index, REASONS.MissingError);
    }
    const [error] = applyPatch(holder, [rooted(operation, index)]);
    if (error) {
      throw new JsonPatchError(index, error.name === "TestError" ? REASONS.TestError : REASONS.MissingError);
    }
    if (holder.document === undefined) throw new JsonPatchError(index, "takes the whole document away");
    if (JSON.stringify(holder.document).length > MAX_LENGTH) {
      throw new JsonPatchError(index, "makes the document too large");
    }
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

function places({ op, path, from }: JsonPatchOperation): readonly Place[] {
  const target = { pointer: path, existing: op === "remove" || op === "replace" || op === "test" };
  return from === undefined ? [target] : [{ pointer: from, existing: true }, target];
}

/** Names that the library passes over in silence wherever they stand. */
const PASSED_OVER = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Whether a place is one of the document's: every name is a member's, but for the last of a place that may be new. The
 * library itself would follow "toString" and the like into JavaScript's own prototypes and write there.
 */
function isInside(document: JsonValue, { pointer, existing }: Place): boolean {
  const names = pointer.split("/").slice(1).map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
  let place: unknown = document;
  return names.every((name, index) => {
    if (typeof place !== "object" || place === null || PASSED_OVER.has(name)) return false;
    const member = Object.entries(place).find(([key]) => key === name);
    place = member?.[1];
    return member !== undefined || (index === names.length - 1 && !existing);
  });
}
