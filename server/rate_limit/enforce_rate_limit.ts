import { createHash } from "node:crypto";
import { networkOf } from "../addresses/network_of.ts";
import type { ApiModule } from "../api_module.ts";
import type { Operation } from "../operation.ts";
import { Problem } from "../problem.ts";
import {
  type RateLimiter,
  type RateLimitOptions,
  type RateLimitPolicy,
  type RateLimitUse,
  UnknownOperationError,
} from "../rate_limit.ts";
import type { Exchange } from "../request/exchange.ts";

/** Counts a request, by default once, and throws a {@link Problem} 429 if it exceeds the quota. */
export type EnforceRateLimit = (exchange: Exchange, points?: number) => Promise<void>;

/** Rate limits of an operation. */
export interface OperationRateLimits {
  /** Limit by address, before authentication if the operation requires any. */
  readonly address: EnforceRateLimit | undefined;
  /** Limit by caller after authentication. */
  readonly caller: EnforceRateLimit | undefined;
  /** Whether the operation is counted separately from others. */
  readonly isOwn: boolean;
}

/**
 * Prepares the rate limits of an operation.
 *
 * @param settings Rate limits are disabled if undefined.
 */
export function compileRateLimits(
  { operationId }: Operation,
  settings: RateLimitOptions | undefined,
): OperationRateLimits {
  if (settings === undefined) return { address: undefined, caller: undefined, isOwn: false };
  const { callers, addresses, addressPolicy, operationPolicies } = settings;
  const policy = operationPolicies.get(operationId) ?? settings.policy;
  return {
    address: enforce(addresses, addressPolicy, addressKey),
    caller: enforce(callers, policy, callerKey),
    isOwn: operationPolicies.has(operationId),
  };
}

/** @throws {UnknownOperationError} if a policy is for an operation that no module has. */
export function checkOperationPolicies(
  settings: RateLimitOptions | undefined,
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
  return async function enforceRateLimit(exchange, points): Promise<void> {
    const options = points === undefined ? undefined : { points };
    const use = await limiter.consume(keyOf(exchange), policy, options);
    const seconds = secondsLeft(use);
    exchange.rateLimit = { policy: policyField, state: `${name};r=${use.remaining};t=${seconds}` };
    if (use.exceeded) {
      throw new Problem(429, "rate-limited", {
        detail: `The quota of ${policy.quota} requests in ${policy.windowSeconds} s is exhausted`,
        headers: { "Retry-After": String(seconds) },
      });
    }
  };
}

/** Returns the remaining time rounded up, so that a retry after it is not too early. */
function secondsLeft({ resetMs }: RateLimitUse): number {
  return Math.max(1, Math.ceil(resetMs / 1000));
}

/** Maximum length of a subject in characters; longer ones are hashed to bound the memory per key. */
const MAX_SUBJECT_LENGTH = 128;

/** Returns the key for counting a request: its principal or else its address. */
export function callerKey(exchange: Exchange): string {
  const subject = exchange.principal?.subject;
  if (subject === undefined) return addressKey(exchange);
  if (subject.length <= MAX_SUBJECT_LENGTH) return `principal ${subject}`;
  return `principal# ${createHash("sha256").update(subject).digest("base64url")}`;
}

/** Returns the key of an address: for IPv6 its /64 network, because one client can use all of it. */
export function addressKey({ clientAddress }: Exchange): string {
  if (clientAddress === undefined) return "address";
  return `address ${networkOf(clientAddress)}`;
}
