import type { Shape } from "../operation.ts";

/** Malformed text; the message is a reason without the name of the parameter. */
export class MalformedTextError extends Error {
  override readonly name = "MalformedTextError";
}

const MALFORMED_REASON = "is not valid percent-encoded UTF-8";
const UNSTORABLE_REASON = "contains the forbidden character U+0000";

/**
 * Decodes percent-encoded UTF-8 strictly.
 *
 * @throws {MalformedTextError} for a lone "%", invalid UTF-8, and U+0000; the message is the reason.
 */
export function decodePercent(raw: string): string {
  if (!raw.includes("%")) return raw;
  let text: string;
  try {
    text = decodeURIComponent(raw);
  } catch {
    throw new MalformedTextError(MALFORMED_REASON);
  }
  if (text.includes("\0")) throw new MalformedTextError(UNSTORABLE_REASON);
  return text;
}

/** Decodes `application/x-www-form-urlencoded` text, where "+" is a space. */
export function decodeFormText(raw: string): string {
  return decodePercent(raw.includes("+") ? raw.replaceAll("+", " ") : raw);
}

const INTEGER = /^-?(?:0|[1-9][0-9]*)$/;
// RFC 8259, section 6.
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

/**
 * Converts a text to the scalar type of its schema. A text that does not convert, or an integer outside the exact range
 * of a double, stays a string, which validation then reports.
 */
export function readScalar(text: string, shape: Shape): unknown {
  switch (shape.kind) {
    case "integer": {
      const value = INTEGER.test(text) ? Number(text) : NaN;
      return Number.isSafeInteger(value) ? value + 0 : text;
    }
    case "number": {
      const value = NUMBER.test(text) ? Number(text) : NaN;
      const whole = text.replace(/\.0+$/, "");
      const isChanged = INTEGER.test(whole) && !Number.isSafeInteger(value) && String(value) !== whole;
      return Number.isFinite(value) && !isChanged ? value : text;
    }
    case "boolean":
      return text === "true" ? true : text === "false" ? false : text;
    case "any":
      return shape.scalar === undefined ? text : readScalar(text, shape.scalar);
    case "literal":
      return text === "true" ? true : text === "false" ? false : readScalar(text, { kind: "number" });
    default:
      return text;
  }
}

/** Returns the shape of an object's property: its own, that of additional properties, or text. */
export function memberShape(shape: Shape, name: string): Shape {
  if (shape.kind !== "object") return { kind: "string" };
  const own = Object.hasOwn(shape.properties, name) ? shape.properties[name] : undefined;
  return own ?? shape.additional ?? { kind: "string" };
}

/** Creates an object from pairs; safe for names from clients, such as `__proto__`. */
export function readObject(
  pairs: Iterable<readonly [string, string]>,
  shape: Shape,
): Record<string, unknown> {
  const entries: [string, unknown][] = [];
  for (const [name, text] of pairs) entries.push([name, readScalar(text, memberShape(shape, name))]);
  return Object.fromEntries(entries);
}

/** Creates an array from texts. */
export function readArray(texts: readonly string[], shape: Shape): unknown[] {
  const items: Shape = shape.kind === "array" ? shape.items : { kind: "string" };
  return texts.map((text) => readScalar(text, items));
}
