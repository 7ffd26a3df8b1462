/** Thrown by {@link decodePercent}; whoever knows the parameter's name makes a fault of it. */
export class MalformedTextError extends Error {
  override readonly name = "MalformedTextError";
}

const MALFORMED_REASON = "is not valid percent-encoded UTF-8";
const UNSTORABLE_REASON = "has a character that is not allowed (U+0000)";

/**
 * Decodes percent-encoded UTF-8 strictly.
 * @throws {MalformedTextError} for a lone "%", bytes that are not UTF-8, and U+0000; the message is a fault's reason.
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
