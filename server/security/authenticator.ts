import type { Principal } from "../request_context.ts";

/** Verifies bearer tokens. */
export interface Authenticator {
  /**
   * Returns the principal of a token, synchronously if possible.
   *
   * @param token Text as sent, of bounded length, with the characters of RFC 6750, section 2.1.
   * @throws {InvalidTokenError} if the token is invalid.
   * @throws {AuthenticatorUnavailableError} if it cannot be verified now.
   */
  authenticate(token: string): Principal | Promise<Principal>;
}

/** Invalid token. Clients get the same response for every reason, which only the cause contains. */
export class InvalidTokenError extends Error {
  override readonly name = "InvalidTokenError";
}

/** Temporary failure to verify a token, independent of the token. */
export class AuthenticatorUnavailableError extends Error {
  override readonly name = "AuthenticatorUnavailableError";
}
