/** Arguments of the reviver that `JSON.parse` calls for every value; the context has the text of a number. */
type Reviver = (
  this: unknown,
  key: string,
  value: unknown,
  context?: { readonly source?: string },
) => unknown;

/**
 * Parses a valid JSON text with every integer as it is written. One beyond 2^53 becomes a bigint, unless a double
 * represents it, or is written in the same way.
 */
export function parseExact(text: string): unknown {
  const revive: Reviver = (_key, value, context) => {
    const source = context?.source ?? "";
    if (typeof value !== "number" || Number.isSafeInteger(value) || !/^-?\d+(?:\.0+)?$/.test(source)) {
      return value;
    }
    if (!Number.isFinite(value) || String(value) === source) return value;
    const exact = BigInt(source.split(".", 1)[0] ?? "");
    return BigInt(value) === exact ? value : exact;
  };
  return JSON.parse(text, revive);
}
