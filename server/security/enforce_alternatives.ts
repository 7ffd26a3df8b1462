import type { Operation, SecurityRequirement, SecurityScheme } from "../operation.ts";
import type { Problem } from "../problem.ts";
import type { Exchange } from "../request/exchange.ts";
import type { Principal } from "../request_context.ts";
import type { Authentication } from "./authenticator.ts";
import { authenticationUnavailable, Challenges, hasScopes, scopeInsufficient } from "./challenge.ts";
import { isCrossOrigin } from "./cross_origin.ts";
import { ABSENT, compileVerifier, type Outcome, type Verify } from "./verify_credential.ts";

/**
 * Authenticates and authorizes a request and sets its principal. Throws a {@link Problem} 401, 403, or 503 if a
 * credential cannot be verified now. For bearer tokens synchronous if the authenticator is.
 */
export type EnforceSecurity = (exchange: Exchange) => void | Promise<void>;

/** Returns the outcome of a credential, which is verified at most once per request. */
type OutcomeAt = (index: number) => Promise<Outcome>;

/** Scheme of a requirement with the position of its outcome, which schemes of the same credential share. */
interface Part {
  readonly scheme: SecurityScheme;
  readonly index: number;
}

/**
 * Prepares requirements of any schemes. The first alternative whose schemes are all met admits the request. If there is
 * none, the problem is the one of the alternative that came closest: a credential that cannot be verified (503), lacks
 * scopes (403), is invalid (401), or is missing (401). An empty requirement admits requests without any credential.
 */
export function compileAlternatives(
  { security, method }: Operation,
  authentication: Authentication,
): EnforceSecurity {
  const challenges = new Challenges(security);
  const verifiers: Verify[] = [];
  const positions = new Map<string, number>();
  const alternatives = security.map((requirement) => requirement.map(partOf));
  const isOptional = alternatives.some((parts) => parts.length === 0);
  const changes = method !== "GET" && method !== "QUERY";
  // Shared caches recognize only the Authorization header (RFC 9111, section 3.5).
  const isPrivate = security.flat().some(({ kind }) => kind === "apiKey" || kind === "mutualTLS");

  function partOf(scheme: SecurityScheme): Part {
    const credential = scheme.kind === "apiKey"
      ? `${scheme.in} ${scheme.in === "header" ? scheme.name.toLowerCase() : scheme.name}`
      : scheme.kind;
    let index = positions.get(credential);
    if (index === undefined) {
      index = verifiers.push(compileVerifier(scheme, authentication)) - 1;
      positions.set(credential, index);
    }
    return { scheme, index };
  }

  return async function enforceAlternatives(exchange): Promise<void> {
    exchange.isPrivate = isPrivate;
    const outcomes = new Map<number, Outcome>();
    const outcomeAt = async (index: number): Promise<Outcome> => {
      const outcome = outcomes.get(index) ?? await verifiers[index]?.(exchange) ?? ABSENT;
      outcomes.set(index, outcome);
      return outcome;
    };
    const refusals: Refusal[] = [];
    for (const parts of alternatives) {
      if (parts.length === 0) continue;
      const result = await judge(parts, outcomeAt, exchange);
      if (!("rank" in result)) {
        exchange.principal = result;
        return;
      }
      refusals.push(result);
    }
    if (isOptional && !(await sentAny(outcomeAt))) return;
    // Stable: of several equal refusals, the first alternative is named.
    const [closest] = refusals.sort((left, right) => right.rank - left.rank);
    throw closest?.problem() ?? challenges.missing();
  };

  async function sentAny(outcomeAt: OutcomeAt): Promise<boolean> {
    for (const index of verifiers.keys()) {
      if ((await outcomeAt(index)).kind !== "absent") return true;
    }
    return false;
  }

  async function judge(
    parts: readonly Part[],
    outcomeAt: OutcomeAt,
    exchange: Exchange,
  ): Promise<Principal | Refusal> {
    let principal: Principal | undefined;
    let refusal: Refusal | undefined;
    for (const { scheme, index } of parts) {
      const outcome = await outcomeAt(index);
      const refused = refusalOf(scheme, outcome);
      if (refused !== undefined) {
        // A missing part makes the others irrelevant, and for the rest the first one counts.
        if (refused.rank === 0) return refused;
        refusal ??= refused;
      } else if (outcome.kind === "valid") {
        const merged = principal === undefined ? outcome.principal : merge(principal, outcome.principal);
        if (merged === undefined) refusal ??= { rank: 1, problem: () => challenges.contradictory() };
        else principal = merged;
      }
    }
    if (refusal !== undefined) return refusal;
    if (changes && parts.some(({ scheme }) => isAmbient(scheme))) {
      if (isCrossOrigin(exchange, authentication.trustedOrigins)) {
        return { rank: 2, problem: () => challenges.crossOrigin() };
      }
    }
    return principal ?? { rank: 0, problem: () => challenges.missing() };
  }

  function refusalOf(scheme: SecurityScheme, outcome: Outcome): Refusal | undefined {
    switch (outcome.kind) {
      case "absent":
        return { rank: 0, problem: () => challenges.missing() };
      case "malformed":
        return { rank: 1, problem: () => challenges.invalid(scheme.kind) };
      case "invalid":
        return { rank: 1, problem: () => challenges.invalid(scheme.kind, outcome.cause) };
      case "unavailable":
        return { rank: 3, problem: () => authenticationUnavailable(scheme.kind, outcome.cause) };
      case "valid":
        return hasScopes(outcome.principal, scheme)
          ? undefined
          : { rank: 2, problem: () => scopeInsufficient(scheme) };
    }
  }
}

/** Reason not to admit a request, by how close it came. */
interface Refusal {
  readonly rank: 0 | 1 | 2 | 3;
  readonly problem: () => Problem;
}

/** Whether browsers send the credential by themselves, also for pages of other origins. */
function isAmbient(scheme: SecurityScheme): boolean {
  return scheme.kind === "basic" || scheme.kind === "mutualTLS" ||
    scheme.kind === "apiKey" && scheme.in === "cookie";
}

/**
 * Joins the principals of a combination. Both identify the same caller, who then has the scopes of both, or one is that
 * of a program, which lends the caller nothing. Undefined if they contradict each other.
 */
function merge(one: Principal, other: Principal): Principal | undefined {
  if (one.isClient !== other.isClient) return one.isClient === true ? other : one;
  if (one.subject !== other.subject) return undefined;
  return { ...one, scopes: one.scopes.union(other.scopes) };
}

/** Whether every requirement is a bearer token alone, which needs no search for the alternative that is met. */
export function isBearerOnly(security: readonly SecurityRequirement[]): boolean {
  return security.every((schemes) => schemes.length === 1 && schemes[0]?.kind === "bearer");
}
