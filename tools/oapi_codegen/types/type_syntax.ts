import type { JsonValue } from "@archway/server/operation.ts";
import { isArray, isObject } from "../document/json_value.ts";
import { propertyKey } from "./identifiers.ts";

/** TypeScript type as text. */
export interface TypeText {
  readonly text: string;
  /** Whether it needs parentheses beside `[]` or `&`. */
  readonly compound: boolean;
}

/** Type of any value. */
export const UNKNOWN: TypeText = simple("unknown");
/** Type without values. */
export const NEVER: TypeText = simple("never");

/** Returns a type that needs no parentheses. */
export function simple(text: string): TypeText {
  return { text, compound: false };
}

/** Returns the union of types, without repetitions. */
export function union(types: readonly TypeText[]): TypeText {
  const parts = distinct(types).filter(({ text }) => text !== "never");
  if (parts.some(({ text }) => text === "unknown")) return UNKNOWN;
  if (parts.length <= 1) return parts[0] ?? NEVER;
  return { text: parts.map(({ text }) => text).join(" | "), compound: true };
}

/** Returns the intersection of types, without repetitions. */
export function intersection(types: readonly TypeText[]): TypeText {
  const parts = distinct(types).filter(({ text }) => text !== "unknown");
  if (parts.some(({ text }) => text === "never")) return NEVER;
  if (parts.length <= 1) return parts[0] ?? UNKNOWN;
  return { text: parts.map(parenthesized).join(" & "), compound: true };
}

/** Returns the type of a list. */
export function arrayOf(item: TypeText): TypeText {
  return simple(`${parenthesized(item)}[]`);
}

/** Returns the literal type of a JSON value. */
export function literalType(value: JsonValue): TypeText {
  if (isArray(value)) return simple(`[${value.map((item) => literalType(item).text).join(", ")}]`);
  if (!isObject(value)) {
    // A number beyond the range of a literal type.
    return typeof value === "number" && !Number.isFinite(value)
      ? simple("number")
      : simple(JSON.stringify(value));
  }
  const members = Object.entries(value).map(([name, item]) =>
    `${propertyKey(name)}: ${literalType(item).text}`
  );
  return simple(members.length === 0 ? "Record<string, never>" : `{ ${members.join("; ")} }`);
}

function parenthesized({ text, compound }: TypeText): string {
  return compound ? `(${text})` : text;
}

function distinct(types: readonly TypeText[]): readonly TypeText[] {
  return [...new Map(types.map((type) => [type.text, type])).values()];
}
