import type { Operation, SecurityRequirement } from "../operation.ts";
import type { Exchange } from "../request/exchange.ts";
import type { Principal } from "../request_context.ts";
import { type Authenticator, AuthenticatorUnavailableError, InvalidTokenError } from "./authenticator.ts";
import {
  authenticationUnavailable,
  credentialsMissing,
  scopeInsufficient,
  tokenInvalid,
} from "./challenge.ts";

/**
 * Authenticates and authorizes a request and sets its principal. Throws a {@link Problem} 401, 403, or 503 if the token
 * cannot be verified now. Synchronous if the authenticator is.
 */
export type EnforceSecurity = (exchange: Exchange) => void | Promise<void>;

/**
 * Prepares the security requirements of an operation.
 *
 * @param authenticator Authentication is disabled if undefined.
 * @returns undefined if there is nothing to enforce.
 */
export function compileSecurity(
  { security }: Operation,
  authenticator: Authenticator | undefined,
): EnforceSecurity | undefined {
  const [first] = security;
  if (authenticator === undefined || first === undefined) return undefined;
  // The challenge names the first of several alternatives.
  const wanted = first;

  function admit(exchange: Exchange, principal: Principal): void {
    if (!security.some((requirement) => meets(principal, requirement))) throw scopeInsufficient(wanted);
    exchange.principal = principal;
  }

  return function enforceSecurity(exchange): void | Promise<void> {
    const credentials = readBearerToken(exchange.fields.authorization);
    if (credentials.kind === "none") throw credentialsMissing();
    if (credentials.kind === "malformed") throw tokenInvalid();
    let principal;
    try {
      principal = authenticator.authenticate(credentials.token);
    } catch (error) {
      throw toProblem(error);
    }
    if (!(principal instanceof Promise)) return admit(exchange, principal);
    return principal.then((found) => admit(exchange, found), (error) => {
      throw toProblem(error);
    });
  };
}

function meets({ scopes }: Principal, requirement: SecurityRequirement): boolean {
  return requirement.scopes.every((scope) => scopes.has(scope));
}

function toProblem(error: unknown): unknown {
  if (error instanceof InvalidTokenError) return tokenInvalid(error);
  if (error instanceof AuthenticatorUnavailableError) return authenticationUnavailable(error);
  return error;
}

/** Content of an Authorization header. */
export type BearerCredentials =
  /** No header, or another scheme. */
  | { readonly kind: "none" }
  /** Bearer scheme without a valid token: two headers, two tokens, invalid characters, too long. */
  | { readonly kind: "malformed" }
  | { readonly kind: "token"; readonly token: string };

/** Maximum length of a token, in characters; the size of all headers is limited before. */
export const MAX_TOKEN_LENGTH = 8192;

/** Case-insensitive scheme (RFC 9110, section 11.1), at least one space, and the token. */
const CREDENTIALS = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i;

const NONE: BearerCredentials = { kind: "none" };
const MALFORMED: BearerCredentials = { kind: "malformed" };

/**
 * Parses an Authorization header (RFC 6750, section 2.1). Several headers arrive joined by commas, which tokens cannot
 * contain, so two headers are never mistaken for one.
 */
export function readBearerToken(authorization: string | null): BearerCredentials {
  if (authorization === null || !/^bearer(?:[ ,]|$)/i.test(authorization)) return NONE;
  if (authorization.length > MAX_TOKEN_LENGTH + "Bearer ".length) return MALFORMED;
  const token = CREDENTIALS.exec(authorization)?.[1];
  return token === undefined ? MALFORMED : { kind: "token", token };
}
