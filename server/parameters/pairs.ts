/** A name and a value as they were sent, still encoded. */
export interface RawPair {
  readonly name: string;
  readonly value: string;
}

/** Splits a query string or form at "&" and "=", without decoding anything; empty pieces are skipped. */
export function splitPairs(text: string, separator: "&" | ";" = "&"): RawPair[] {
  const pairs: RawPair[] = [];
  if (text === "") return pairs;
  for (const piece of text.split(separator)) {
    if (piece === "") continue;
    const equals = piece.indexOf("=");
    pairs.push(
      equals === -1
        ? { name: piece, value: "" }
        : { name: piece.slice(0, equals), value: piece.slice(equals + 1) },
    );
  }
  return pairs;
}

/** Splits a Cookie header (RFC 6265, section 4.2.1); quotes around a value are not part of it. */
export function splitCookies(text: string): RawPair[] {
  return splitPairs(text, ";").map(({ name, value }) => {
    const trimmed = value.trim();
    const quoted = trimmed.length > 1 && trimmed.startsWith('"') && trimmed.endsWith('"');
    return { name: name.trim(), value: quoted ? trimmed.slice(1, -1) : trimmed };
  });
}
