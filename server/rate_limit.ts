/** Quota of requests per window of time, which starts with the first request. */
export interface RateLimitPolicy {
  /** Name of the policy in response headers, in ASCII. */
  readonly name: string;
  readonly quota: number;
  readonly windowSeconds: number;
}

/** State of a quota after counting a request. */
export interface RateLimitUse {
  /** Whether the request exceeds the quota. */
  readonly exceeded: boolean;
  readonly remaining: number;
  /** Time until the window ends, in milliseconds. */
  readonly resetMs: number;
}

/** Weight of a request. */
export interface ConsumeOptions {
  /**
   * Number of requests that it counts as.
   *
   * @default {1}
   */
  readonly points?: number;
}

/** Counts requests against quotas, independent of where the counters are stored. */
export interface RateLimiter {
  /**
   * Counts a request. Never rejects, and responds fast enough not to delay a request noticeably.
   *
   * @param key Identifies the caller among all that the policy counts.
   */
  consume(key: string, policy: RateLimitPolicy, options?: ConsumeOptions): Promise<RateLimitUse>;
}

/** Rate limits of a server. */
export interface RateLimitOptions {
  /** Counts callers, by principal or, without one, by address. */
  readonly callers: RateLimiter;
  /** Quota of a caller for all operations without a policy of their own. */
  readonly policy: RateLimitPolicy;
  /** Policies of operations by operationId, each counted separately. */
  readonly operationPolicies: ReadonlyMap<string, RateLimitPolicy>;
  /** Counts addresses before authentication, because verifying a token costs far more than counting. */
  readonly addresses: RateLimiter;
  /** Quota of one address, which several callers may share. */
  readonly addressPolicy: RateLimitPolicy;
}

/** Rate-limit headers of a response (draft-ietf-httpapi-ratelimit-headers-10). */
export interface RateLimitFields {
  /** `RateLimit-Policy`, e.g. `"default";q=100;w=60`. */
  readonly policy: string;
  /** `RateLimit`, e.g. `"default";r=50;t=30`. */
  readonly state: string;
}

/** Error about a rate-limit policy for an operation that does not exist. */
export class UnknownOperationError extends Error {
  override readonly name = "UnknownOperationError";
  constructor(readonly operationIds: readonly string[]) {
    super("Rate limit for an unknown operation");
  }
}
