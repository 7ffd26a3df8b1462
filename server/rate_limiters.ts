/**
 * The rate limiters there are. Each is loaded on first use, with its packages: what limits no rates loads none.
 *
 * @module
 */
import type { MemoryLimiter, MemoryLimiterOptions } from "./rate_limit/memory_limiter.ts";
import type { StoreLimiter, StoreLimiterOptions } from "./rate_limit/store_limiter.ts";

export type { MemoryLimiter, MemoryLimiterOptions, StoreLimiter, StoreLimiterOptions };

/** Creates a limiter that counts in memory, for one instance alone. */
export async function createMemoryLimiter(options: MemoryLimiterOptions = {}): Promise<MemoryLimiter> {
  const { MemoryLimiter } = await import("./rate_limit/memory_limiter.ts");
  return new MemoryLimiter(options);
}

/** Creates a limiter that counts in the Valkey or Redis at a URL, for all instances that use it. */
export async function createStoreLimiter(url: string, options: StoreLimiterOptions): Promise<StoreLimiter> {
  const { StoreLimiter } = await import("./rate_limit/store_limiter.ts");
  return new StoreLimiter(url, options);
}
