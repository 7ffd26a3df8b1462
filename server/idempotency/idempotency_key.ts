import type { Exchange } from "../request/exchange.ts";
import type { Operation } from "../operation.ts";
import type { RequestErrors } from "../problems/request_errors.ts";

/** The header field that carries a key (draft-ietf-httpapi-idempotency-key-header). */
export const IDEMPOTENCY_KEY = "Idempotency-Key";

/** Characters of a key. */
const MAX_KEY_LENGTH = 255;

// RFC 9651, sections 3.3.3 and 3.3.4. Without quotes a key may begin with a digit, too, as UUIDs do.
const QUOTED = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;
const BARE = /^[!#$%&'*+.^_`|~:/0-9A-Za-z-]+$/;

/** Whether an operation is done once for every key. */
export function requiresIdempotencyKey({ parameters }: Operation): boolean {
  return parameters.some(({ in: place, required, name }) =>
    place === "header" && required && name.toLowerCase() === IDEMPOTENCY_KEY.toLowerCase()
  );
}

/**
 * The key that a field's value stands for, the same with quotes and without; undefined: it is malformed. A key has 1 to
 * 255 characters.
 */
export function parseIdempotencyKey(text: string): string | undefined {
  const quoted = QUOTED.exec(text)?.[1]?.replaceAll(/\\(.)/g, "$1");
  const key = quoted ?? (BARE.test(text) ? text : undefined);
  return key === undefined || key.length === 0 || key.length > MAX_KEY_LENGTH ? undefined : key;
}

/** The key of a request; "" and a error where it is missing or malformed. */
export function readIdempotencyKey({ request }: Exchange, errors: RequestErrors): string {
  const text = request.headers.get(IDEMPOTENCY_KEY);
  const key = text === null ? undefined : parseIdempotencyKey(text);
  if (key !== undefined) return key;
  if (!errors.has("header", IDEMPOTENCY_KEY)) {
    const reason = text === null
      ? "is required"
      : `must be a quoted string or a token, such as a UUID, of 1 to ${MAX_KEY_LENGTH} characters`;
    errors.addMalformed({ name: IDEMPOTENCY_KEY, in: "header", reason });
  }
  return "";
}
