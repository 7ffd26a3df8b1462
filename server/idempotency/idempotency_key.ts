import type { Exchange } from "../request/exchange.ts";
import type { Operation } from "../operation.ts";
import type { RequestErrors } from "../problems/request_errors.ts";

/** Request header with the key (draft-ietf-httpapi-idempotency-key-header). */
export const IDEMPOTENCY_KEY = "Idempotency-Key";

/** Maximum length of a key, in characters. */
const MAX_KEY_LENGTH = 255;

/** Reason why a malformed key is refused. */
export const MALFORMED_KEY =
  `must be a quoted string or a token, such as a UUID, of 1 to ${MAX_KEY_LENGTH} characters`;

// RFC 9651, sections 3.3.3 and 3.3.4. Unlike a token, a key without quotes may begin with a digit, as UUIDs do.
const QUOTED = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;
const BARE = /^[!#$%&'*+.^_`|~:/0-9A-Za-z-]+$/;

/** Whether an operation requires an `Idempotency-Key`. */
export function requiresIdempotencyKey({ parameters }: Operation): boolean {
  return parameters.some(({ in: place, required, name }) =>
    place === "header" && required && name.toLowerCase() === IDEMPOTENCY_KEY.toLowerCase()
  );
}

/**
 * Parses the key in a header, which is the same with and without quotes. Returns undefined if it is malformed or does
 * not have 1 to 255 characters.
 */
export function parseIdempotencyKey(text: string): string | undefined {
  const quoted = QUOTED.exec(text)?.[1]?.replaceAll(/\\(.)/g, "$1");
  const key = quoted ?? (BARE.test(text) ? text : undefined);
  return key === undefined || key.length === 0 || key.length > MAX_KEY_LENGTH ? undefined : key;
}

/** Reads the key of a request; adds an error and returns "" if it is missing or malformed. */
export function readIdempotencyKey({ request }: Exchange, errors: RequestErrors): string {
  const text = request.headers.get(IDEMPOTENCY_KEY);
  const key = text === null ? undefined : parseIdempotencyKey(text);
  if (key !== undefined) return key;
  if (!errors.has("header", IDEMPOTENCY_KEY)) {
    const reason = text === null ? "is required" : MALFORMED_KEY;
    errors.addMalformed({ name: IDEMPOTENCY_KEY, in: "header", reason });
  }
  return "";
}
