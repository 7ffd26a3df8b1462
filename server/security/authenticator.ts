import type { Principal } from "../request_context.ts";

/** Tells who holds a bearer token. The server knows nothing about tokens besides. */
export interface Authenticator {
  /**
   * The principal that the token proves; at once where that can be told at once.
   *
   * @param token As it was sent, in the characters of RFC 6750, section 2.1, and of bounded length.
   * @throws {InvalidTokenError} when the token is not to be taken.
   * @throws {AuthenticatorUnavailableError} when that cannot be told now.
   */
  authenticate(token: string): Principal | Promise<Principal>;
}

/** A token that is not to be taken. Why is for the cause: a client is told the same for every reason. */
export class InvalidTokenError extends Error {
  override readonly name = "InvalidTokenError";
}

/** Whether a token is good cannot be told now, through no error of the client. */
export class AuthenticatorUnavailableError extends Error {
  override readonly name = "AuthenticatorUnavailableError";
}
