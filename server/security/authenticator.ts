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

/** Credential other than a bearer token, as sent, of bounded length. */
export type Credential =
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  | { readonly kind: "apiKey"; readonly key: string };

/** Purpose of a credential, and the signal of its request. */
export interface CredentialOptions {
  /** Name of the scheme in the document's `securitySchemes`. */
  readonly scheme: string;
  /** Aborts when the request times out or its client disconnects. */
  readonly signal: AbortSignal;
}

/** Verifies passwords and API keys. */
export interface CredentialAuthenticator {
  /**
   * Returns the principal of a credential, synchronously if possible.
   *
   * @throws {InvalidTokenError} if the credential is invalid.
   * @throws {AuthenticatorUnavailableError} if it cannot be verified now.
   */
  authenticate(credential: Credential, options: CredentialOptions): Principal | Promise<Principal>;
}

/** Verification of callers. Disabled without any authenticator; with one alone, other credentials are invalid. */
export interface Authentication {
  /** Verifies bearer tokens. */
  readonly authenticator: Authenticator | undefined;
  /** Verifies passwords and API keys. */
  readonly credentialAuthenticator: CredentialAuthenticator | undefined;
  /** Header in which trusted proxies name the subject of a client's certificate; undefined if none do. */
  readonly certificateHeader: string | undefined;
  /** Origins whose pages may use credentials that browsers send by themselves. */
  readonly trustedOrigins: ReadonlySet<string>;
}

/** Invalid token or other credential. Clients get the same response for every reason, which only the cause contains. */
export class InvalidTokenError extends Error {
  override readonly name = "InvalidTokenError";
}

/** Temporary failure to verify a credential, independent of the credential. */
export class AuthenticatorUnavailableError extends Error {
  override readonly name = "AuthenticatorUnavailableError";
}
