import { Buffer } from "node:buffer";
import type { QueryParameter } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";

type Scalar = null | boolean | number | bigint | string;

/**
 * A parameter as PostgreSQL reads it from text; the server decides by the statement which type it is. Throws
 * "invalid-value" for a string that UTF-8 cannot carry.
 */
export function encodeParameter(value: QueryParameter): string | null {
  if (typeof value === "string") return wellFormed(value);
  if (value === null) return null;
  if (value instanceof Uint8Array) return encodeBytes(value);
  if (typeof value === "object") return `{${value.map(encodeItem).join(",")}}`;
  return String(value);
}

function encodeItem(item: Scalar): string {
  if (item === null) return "NULL";
  if (typeof item === "string") return `"${wellFormed(item).replace(/[\\"]/g, "\\$&")}"`;
  return String(item);
}

function wellFormed(text: string): string {
  // Encoding would replace a lone surrogate in silence.
  if (text.isWellFormed()) return text;
  throw new DatabaseError("invalid-value", "A text with a lone surrogate cannot be stored");
}

function encodeBytes(bytes: Uint8Array): string {
  return `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex")}`;
}
