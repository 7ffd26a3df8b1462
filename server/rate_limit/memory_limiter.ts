import { RateLimiterMemory } from "rate-limiter-flexible";
import type { RateLimiter, RateLimitPolicy, RateLimitUse } from "../rate_limit.ts";

/** What a memory limiter can be told. */
export interface MemoryLimiterOptions {
  /**
   * Counts that are kept at the same time, about 1.3 kB each; beyond that the oldest is forgotten.
   * @default {50_000}
   */
  readonly maxKeys?: number;
}

/**
 * Counts in memory: for one instance alone. A flood from ever new addresses takes no more memory than `maxKeys` counts;
 * what it pushes out begins anew, which a flood of that size needs not.
 */
export class MemoryLimiter implements RateLimiter {
  /** Quotas are compared here, so that one limiter serves all policies. */
  readonly #counts = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: 1, keyPrefix: "" });
  /** The keys that are counted, in the order in which their windows began. */
  readonly #keys = new Set<string>();
  readonly #maxKeys: number;

  constructor({ maxKeys = 50_000 }: MemoryLimiterOptions = {}) {
    this.#maxKeys = maxKeys;
  }

  /** The counts that are kept, among them those whose window has ended and that were not asked for again. */
  get size(): number {
    return this.#keys.size;
  }

  async consume(key: string, { name, quota, windowSeconds }: RateLimitPolicy): Promise<RateLimitUse> {
    const counted = `${name} ${key}`;
    const { consumedPoints, msBeforeNext, isFirstInDuration } = await this.#counts.consume(counted, 1, {
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
