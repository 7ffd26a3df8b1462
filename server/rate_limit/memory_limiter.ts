import { RateLimiterMemory } from "rate-limiter-flexible";
import type { ConsumeOptions, RateLimiter, RateLimitPolicy, RateLimitUse } from "../rate_limit.ts";

/** Options of a memory limiter. */
export interface MemoryLimiterOptions {
  /**
   * Maximum number of counters, about 1.3 kB each; the oldest is evicted.
   *
   * @default {50_000}
   */
  readonly maxKeys?: number;
}

/**
 * Rate limiter in memory, for a single instance. A flood from changing addresses needs no more memory than `maxKeys`
 * counters; evicted counters restart, which such a flood does not need.
 */
export class MemoryLimiter implements RateLimiter {
  /** Compares no quotas itself, so that one counter store serves all policies. */
  readonly #counts = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: 1, keyPrefix: "" });
  /** Counted keys, in the order in which their windows began. */
  readonly #keys = new Set<string>();
  readonly #maxKeys: number;

  constructor({ maxKeys = 50_000 }: MemoryLimiterOptions = {}) {
    this.#maxKeys = maxKeys;
  }

  /** Number of counters, including those whose window has ended. */
  get size(): number {
    return this.#keys.size;
  }

  async consume(
    key: string,
    { name, quota, windowSeconds }: RateLimitPolicy,
    { points = 1 }: ConsumeOptions = {},
  ): Promise<RateLimitUse> {
    const counted = `${name} ${key}`;
    const { consumedPoints, msBeforeNext, isFirstInDuration } = await this.#counts.consume(counted, points, {
      customDuration: windowSeconds,
    });
    if (isFirstInDuration) this.#remember(counted);
    return {
      exceeded: consumedPoints > quota,
      remaining: Math.max(0, quota - consumedPoints),
      resetMs: msBeforeNext,
    };
  }

  #remember(key: string): void {
    this.#keys.delete(key);
    this.#keys.add(key);
    if (this.#keys.size <= this.#maxKeys) return;
    const [oldest = ""] = this.#keys;
    this.#keys.delete(oldest);
    void this.#counts.delete(oldest);
  }
}
