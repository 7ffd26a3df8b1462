import type { ApiModule } from "../api_module.ts";
import { addressKey, callerKey } from "./caller_key.ts";
import type { Exchange } from "../request/exchange.ts";
import type { Operation } from "../operation.ts";
import { Problem } from "../problem.ts";
import {
  type RateLimiter,
  type RateLimitPolicy,
  type RateLimitSettings,
  type RateLimitUse,
  UnknownOperationError,
} from "../rate_limit.ts";

/** Counts a request, and throws the {@link Problem} that it is answered with when it is one too many. */
export type EnforceRateLimit = (exchange: Exchange) => Promise<void>;

/** The limits of an operation. */
export interface OperationRateLimits {
  /** Before authentication, by address; undefined: there is no authentication that it would have to spare. */
  readonly address: EnforceRateLimit | undefined;
  /** After authentication, by caller. */
  readonly caller: EnforceRateLimit | undefined;
}

/**
 * Prepares the limits of an operation.
 *
 * @param settings undefined: there are none.
 */
export function compileRateLimits(
  { operationId }: Operation,
  settings: RateLimitSettings | undefined,
  { authenticates }: { readonly authenticates: boolean },
): OperationRateLimits {
  if (settings === undefined) return { address: undefined, caller: undefined };
  const { callers, addresses, addressPolicy, operationPolicies } = settings;
  const policy = operationPolicies.get(operationId) ?? settings.policy;
  return {
    address: authenticates ? enforce(addresses, addressPolicy, addressKey) : undefined,
    caller: enforce(callers, policy, callerKey),
  };
}

/** @throws {UnknownOperationError} when a policy names an operation that no module has. */
export function checkOperationPolicies(
  settings: RateLimitSettings | undefined,
  modules: readonly ApiModule[],
): void {
  if (settings === undefined) return;
  const known = modules.flatMap(({ routes }) => routes.map(({ operation }) => operation.operationId));
  const named = [...settings.operationPolicies.keys()];
  if (named.some((operationId) => !known.includes(operationId))) throw new UnknownOperationError(known);
}

function enforce(
  limiter: RateLimiter,
  policy: RateLimitPolicy,
  keyOf: (exchange: Exchange) => string,
): EnforceRateLimit {
  const name = `"${policy.name.replaceAll(/["\\]/g, "\\$&")}"`;
  const policyField = `${name};q=${policy.quota};w=${policy.windowSeconds}`;
  return async function enforceRateLimit(exchange): Promise<void> {
    const use = await limiter.consume(keyOf(exchange), policy);
    const seconds = secondsLeft(use);
    exchange.rateLimit = { policy: policyField, state: `${name};r=${use.remaining};t=${seconds}` };
    if (use.exceeded) {
      throw new Problem(429, "rate-limited", { headers: { "Retry-After": String(seconds) } });
    }
  };
}

/** Rounded up: who comes back then is not too early. */
function secondsLeft({ resetMs }: RateLimitUse): number {
  return Math.max(1, Math.ceil(resetMs / 1000));
}
