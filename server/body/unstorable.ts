import { extendPointer } from "../representation/json_pointer.ts";

/** A value of a JSON text that cannot be kept, and where it is. */
export interface JsonError {
  /** JSON Pointer (RFC 6901). */
  readonly pointer: string;
  readonly reason: string;
}

/** Why a text cannot be stored, as a error's reason; undefined when it can. PostgreSQL holds neither. */
export function unstorableReason(text: string): string | undefined {
  if (text.includes("\0")) return "contains the forbidden character U+0000";
  if (!text.isWellFormed()) return "contains an unpaired surrogate";
  return undefined;
}

/** Every text of a JSON value that cannot be stored and every number that is not finite, depth first. */
export function findUnstorable(root: unknown): JsonError[] {
  const errors: JsonError[] = [];
  visit(root, "");
  return errors;

  function visit(value: unknown, pointer: string): void {
    if (typeof value === "string") {
      const reason = unstorableReason(value);
      if (reason !== undefined) errors.push({ pointer, reason });
    } else if (typeof value === "number") {
      if (!Number.isFinite(value)) errors.push({ pointer, reason: "is outside the range of numbers" });
    } else if (Array.isArray(value)) {
      value.forEach((item, index) => visit(item, extendPointer(pointer, index)));
    } else if (typeof value === "object" && value !== null) {
      for (const [name, member] of Object.entries(value)) {
        // The name cannot stand in an answer, so the pointer stops at the object that has it.
        const reason = unstorableReason(name);
        if (reason !== undefined) errors.push({ pointer, reason: `has a property whose name ${reason}` });
        else visit(member, extendPointer(pointer, name));
      }
    }
  }
}
