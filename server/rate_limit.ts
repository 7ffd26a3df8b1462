/** So many requests in a window of time, which begins with the first of them. */
export interface RateLimitPolicy {
  /** What clients are told it is called, in ASCII. */
  readonly name: string;
  readonly quota: number;
  readonly windowSeconds: number;
}

/** What is left of a quota after a request was counted. */
export interface RateLimitUse {
  /** Whether that request was one too many. */
  readonly exceeded: boolean;
  readonly remaining: number;
  /** When the window ends, in milliseconds from now. */
  readonly resetMs: number;
}

/** Counts requests. The server knows nothing of where the counts are kept. */
export interface RateLimiter {
  /**
   * Counts a request. Never rejects, and never takes longer than a client would put up with.
   *
   * @param key Who asks, unique among all whom the policy counts.
   */
  consume(key: string, policy: RateLimitPolicy): Promise<RateLimitUse>;
}

/** Who may ask for how much. */
export interface RateLimitOptions {
  /** Counts callers: by their principal, or by their address where they have none. */
  readonly callers: RateLimiter;
  /** How much a caller may ask for of all operations together that have no policy of their own. */
  readonly policy: RateLimitPolicy;
  /** The policies of operations, by operationId; each is counted apart. */
  readonly operationPolicies: ReadonlyMap<string, RateLimitPolicy>;
  /** Counts addresses before a caller's token is looked at, which costs far more than counting. */
  readonly addresses: RateLimiter;
  /** How much may come from one address, whoever stands behind it: callers may share one. */
  readonly addressPolicy: RateLimitPolicy;
}

/** The fields that tell a client what it may still ask for (draft-ietf-httpapi-ratelimit-headers-10). */
export interface RateLimitFields {
  /** `RateLimit-Policy`, e.g. `"default";q=100;w=60`. */
  readonly policy: string;
  /** `RateLimit`, e.g. `"default";r=50;t=30`. */
  readonly state: string;
}

/** A policy of an operation that no document has. */
export class UnknownOperationError extends Error {
  override readonly name = "UnknownOperationError";
  constructor(readonly operationIds: readonly string[]) {
    super("A rate limit names an operation that there is not");
  }
}
