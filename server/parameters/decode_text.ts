import type { Shape } from "../operation.ts";

/** Thrown by {@link decodePercent}; whoever knows the parameter's name makes a error of it. */
export class MalformedTextError extends Error {
  override readonly name = "MalformedTextError";
}

const MALFORMED_REASON = "is not valid percent-encoded UTF-8";
const UNSTORABLE_REASON = "contains the forbidden character U+0000";

/**
 * Decodes percent-encoded UTF-8 strictly.
 * @throws {MalformedTextError} for a lone "%", bytes that are not UTF-8, and U+0000; the message is a error's reason.
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

/** The same for `application/x-www-form-urlencoded` text, where "+" is a space. */
export function decodeFormText(raw: string): string {
  return decodePercent(raw.includes("+") ? raw.replaceAll("+", " ") : raw);
}

const INTEGER = /^-?(?:0|[1-9][0-9]*)$/;
// RFC 8259, section 6.
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

/**
 * Turns a text into the scalar its schema asks for. One that does not fit stays a string, for the validator to name
 * it; so does an integer outside of what a double holds exactly.
 */
export function readScalar(text: string, shape: Shape): unknown {
  switch (shape.kind) {
    case "integer": {
      const value = INTEGER.test(text) ? Number(text) : NaN;
      return Number.isSafeInteger(value) ? value + 0 : text;
    }
    case "number": {
      const value = NUMBER.test(text) ? Number(text) : NaN;
      return Number.isFinite(value) ? value : text;
    }
    case "boolean":
      return text === "true" ? true : text === "false" ? false : text;
    default:
      return text;
  }
}

/** The shape of a member of an object: its own, that of the other members, or text. */
export function memberShape(shape: Shape, name: string): Shape {
  if (shape.kind !== "object") return { kind: "string" };
  const own = Object.hasOwn(shape.properties, name) ? shape.properties[name] : undefined;
  return own ?? shape.additional ?? { kind: "string" };
}

/** Makes an object of pairs that may come from a client: `__proto__` becomes a member like any other. */
export function readObject(
  pairs: Iterable<readonly [string, string]>,
  shape: Shape,
): Record<string, unknown> {
  const entries: [string, unknown][] = [];
  for (const [name, text] of pairs) entries.push([name, readScalar(text, memberShape(shape, name))]);
  return Object.fromEntries(entries);
}

/** Makes an array of texts. */
export function readArray(texts: readonly string[], shape: Shape): unknown[] {
  const items: Shape = shape.kind === "array" ? shape.items : { kind: "string" };
  return texts.map((text) => readScalar(text, items));
}
