import type { Shape } from "../operation.ts";

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
