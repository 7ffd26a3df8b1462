import type { Exchange } from "../request/exchange.ts";
import type { Operation, SecurityRequirement } from "../operation.ts";
import type { Principal } from "../request_context.ts";
import { type Authenticator, AuthenticatorUnavailableError, InvalidTokenError } from "./authenticator.ts";
import { readBearerToken } from "./bearer_token.ts";
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
