import { extendPointer } from "../representation/json_pointer.ts";

/** Invalid value in a JSON text. */
export interface JsonError {
  /** JSON Pointer to the value (RFC 6901). */
  readonly pointer: string;
  readonly reason: string;
}

/** Reason of an integer that a double would change. */
export const INEXACT_REASON = "is an integer beyond 2^53, which cannot be represented exactly";

/** Returns the reason why PostgreSQL cannot store a text, if any. */
export function unstorableReason(text: string): string | undefined {
  if (text.includes("\0")) return "contains the forbidden character U+0000";
  if (!text.isWellFormed()) return "contains an unpaired surrogate";
  return undefined;
}

/**
 * Returns the unstorable texts and infinite numbers in a JSON value, depth first. A bigint is an integer that a double
 * would change; it is an error unless `bigIntegers`.
 */
export function findUnstorable(
  root: unknown,
  { bigIntegers = false }: { readonly bigIntegers?: boolean } = {},
): JsonError[] {
  const errors: JsonError[] = [];
  visit(root, "");
  return errors;

  function visit(value: unknown, pointer: string): void {
    if (typeof value === "string") {
      const reason = unstorableReason(value);
      if (reason !== undefined) errors.push({ pointer, reason });
    } else if (typeof value === "number") {
      if (!Number.isFinite(value)) errors.push({ pointer, reason: "is outside the range of numbers" });
    } else if (typeof value === "bigint") {
      if (!bigIntegers) {
        errors.push({ pointer, reason: INEXACT_REASON });
      }
    } else if (Array.isArray(value)) {
      value.forEach((item, index) => visit(item, extendPointer(pointer, index)));
    } else if (typeof value === "object" && value !== null) {
      for (const [name, member] of Object.entries(value)) {
        // The name cannot be repeated in a response, so the pointer ends at the object.
        const reason = unstorableReason(name);
        if (reason !== undefined) errors.push({ pointer, reason: `has a property whose name ${reason}` });
        else visit(member, extendPointer(pointer, name));
      }
    }
  }
}
