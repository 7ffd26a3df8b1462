/** What an Authorization header holds, as far as it matters here. */
export type BearerCredentials =
  /** Nothing, or credentials of another scheme. */
  | { readonly kind: "none" }
  /** The scheme is ours, what follows is no token: two headers, two tokens, foreign characters, too long. */
  | { readonly kind: "malformed" }
  | { readonly kind: "token"; readonly token: string };

/** Tokens longer than this are surely none of ours; the header section as a whole is bounded before. In characters. */
export const MAX_TOKEN_LENGTH = 8192;

/** The scheme is told without regard to case (RFC 9110, section 11.1), one space or more before the token. */
const CREDENTIALS = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i;

const NONE: BearerCredentials = { kind: "none" };
const MALFORMED: BearerCredentials = { kind: "malformed" };

/**
 * Reads the field (RFC 6750, section 2.1). Several Authorization headers arrive joined by commas, which no token has,
 * so that two of them are never taken for one.
 */
export function readBearerToken(authorization: string | null): BearerCredentials {
  if (authorization === null || !/^bearer(?:[ ,]|$)/i.test(authorization)) return NONE;
  if (authorization.length > MAX_TOKEN_LENGTH + "Bearer ".length) return MALFORMED;
  const token = CREDENTIALS.exec(authorization)?.[1];
  return token === undefined ? MALFORMED : { kind: "token", token };
}
