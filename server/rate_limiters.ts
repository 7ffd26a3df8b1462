/**
 * Available rate limiters. Each is loaded with its packages on first use.
 *
 * @module
 */
import type { MemoryLimiter, MemoryLimiterOptions } from "./rate_limit/memory_limiter.ts";
import type { StoreLimiter, StoreLimiterOptions } from "./rate_limit/store_limiter.ts";

export type { StoreTls } from "./rate_limit/store_client.ts";
export type { MemoryLimiter, MemoryLimiterOptions, StoreLimiter, StoreLimiterOptions };

/** Creates a limiter that counts in memory, for a single instance. */
export async function createMemoryLimiter(options: MemoryLimiterOptions = {}): Promise<MemoryLimiter> {
  const { MemoryLimiter } = await import("./rate_limit/memory_limiter.ts");
  return new MemoryLimiter(options);
}

/** Creates a limiter that counts in Valkey or Redis, shared by all instances with the same URL. */
export async function createStoreLimiter(url: string, options: StoreLimiterOptions): Promise<StoreLimiter> {
  const { StoreLimiter } = await import("./rate_limit/store_limiter.ts");
  return new StoreLimiter(url, options);
}
