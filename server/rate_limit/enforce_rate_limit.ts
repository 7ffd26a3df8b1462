import ipaddr from "ipaddr.js";
import { createHash } from "node:crypto";
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
  settings: RateLimitOptions | undefined,
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
  return async function enforceRateLimit(exchange): Promise<void> {
    const use = await limiter.consume(keyOf(exchange), policy);
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

/** Rounded up: who comes back then is not too early. */
function secondsLeft({ resetMs }: RateLimitUse): number {
  return Math.max(1, Math.ceil(resetMs / 1000));
}

/** The groups of an IPv6 address that name a network: what a single subscriber is given is a /64 at the least. */
const NETWORK_GROUPS = 4;

/** Subjects that are longer are kept by their hash, so that nobody's key takes much memory. In characters. */
const MAX_SUBJECT_LENGTH = 128;

/** Whom a request is counted for: its principal, else its address. */
export function callerKey(exchange: Exchange): string {
  const subject = exchange.principal?.subject;
  if (subject === undefined) return addressKey(exchange);
  if (subject.length <= MAX_SUBJECT_LENGTH) return `principal ${subject}`;
  return `principal# ${createHash("sha256").update(subject).digest("base64url")}`;
}

/** The address that a request is counted for: of IPv6 the /64 network, all of which one client can use. */
export function addressKey({ clientAddress }: Exchange): string {
  if (clientAddress === undefined) return "address";
  return `address ${clientAddress.includes(":") ? networkOf(clientAddress) : clientAddress}`;
}

function networkOf(address: string): string {
  const [plain = ""] = address.split("%");
  if (!ipaddr.IPv6.isValid(plain)) return address;
  const groups = ipaddr.IPv6.parse(plain).parts.slice(0, NETWORK_GROUPS);
  return `${groups.map((group) => group.toString(16)).join(":")}::/64`;
}
