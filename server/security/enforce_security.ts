import type { Operation } from "../operation.ts";
import { Problem } from "../problem.ts";
import type { Exchange } from "../request/exchange.ts";
import type { Principal } from "../request_context.ts";
import {
  type Authentication,
  type Authenticator,
  AuthenticatorUnavailableError,
  InvalidTokenError,
} from "./authenticator.ts";
import { authenticationUnavailable, Challenges, hasScopes, scopeInsufficient } from "./challenge.ts";
import { compileAlternatives, type EnforceSecurity, isBearerOnly } from "./enforce_alternatives.ts";
import { readBearerToken } from "./sent_credential.ts";

/**
 * Prepares the security requirements of an operation.
 *
 * @returns undefined if there is nothing to enforce.
 */
export function compileSecurity(
  operation: Operation,
  authentication: Authentication,
): EnforceSecurity | undefined {
  const { security } = operation;
  const { authenticator, credentialAuthenticator } = authentication;
  const isDisabled = authenticator === undefined && credentialAuthenticator === undefined;
  if (isDisabled || security.every((schemes) => schemes.length === 0)) return undefined;
  const enforce = authenticator !== undefined && isBearerOnly(security)
    ? compileBearer(operation, authenticator)
    : compileAlternatives(operation, authentication);
  const { resourceMetadata } = operation;
  return resourceMetadata === undefined ? enforce : referring(enforce, resourceMetadata);
}

/** Lets the challenges for access tokens refer to the metadata of the resource (RFC 9728, section 5.1). */
function referring(enforce: EnforceSecurity, metadata: string): EnforceSecurity {
  return async function enforceReferring(exchange): Promise<void> {
    try {
      await enforce(exchange);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const { status, slug, detail, headers, cause } = error;
      const challenges = headers["WWW-Authenticate"];
      if (challenges === undefined) throw error;
      const reference = `resource_metadata="${exchange.url.origin}${metadata}"`;
      throw new Problem(status, slug, {
        ...(detail !== undefined && { detail }),
        headers: {
          ...headers,
          "WWW-Authenticate": challenges.replaceAll(
            /\bBearer realm="[^"]*"/g,
            (bearer) => `${bearer}, ${reference}`,
          ),
        },
        cause,
      });
    }
  };
}

/** Prepares requirements of bearer tokens alone, the shortest way. */
function compileBearer({ security }: Operation, authenticator: Authenticator): EnforceSecurity {
  const schemes = security.flat();
  const challenges = new Challenges(security);
  // The challenge names the first of several alternatives.
  const [wanted] = schemes;

  function admit(exchange: Exchange, principal: Principal): void {
    if (wanted !== undefined && !schemes.some((scheme) => hasScopes(principal, scheme))) {
      throw scopeInsufficient(wanted);
    }
    exchange.principal = principal;
  }

  function toProblem(error: unknown): unknown {
    if (error instanceof InvalidTokenError) return challenges.invalid("bearer", error);
    if (error instanceof AuthenticatorUnavailableError) return authenticationUnavailable("bearer", error);
    return error;
  }

  return function enforceSecurity(exchange): void | Promise<void> {
    const credentials = readBearerToken(exchange.fields.authorization);
    if (credentials.kind === "none") throw challenges.missing();
    if (credentials.kind === "malformed") throw challenges.invalid("bearer");
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
