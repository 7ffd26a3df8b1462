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
 * Lets a request through, and sets its principal, or throws the {@link Problem} that it is answered with: 401, 403, or
 * 503 where nobody can tell. Gives a promise only where the authenticator does.
 */
export type EnforceSecurity = (exchange: Exchange) => void | Promise<void>;

/**
 * Prepares what the document says about who may call an operation.
 *
 * @param authenticator undefined: authentication is off.
 * @returns undefined where there is nothing to enforce.
 */
export function compileSecurity(
  { security }: Operation,
  authenticator: Authenticator | undefined,
): EnforceSecurity | undefined {
  const [first] = security;
  if (authenticator === undefined || first === undefined) return undefined;
  // Of alternatives, the first is what a client is told to ask for.
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
