import { type Backoff, backoffMs } from "@archway/queue/backoff.ts";

/** Maximum number of attempts at a delivery. */
export const MAX_ATTEMPTS = 22;

const BACKOFF: Backoff = { firstMs: 10_000, maxMs: 4 * 3_600_000 };

/**
 * Returns the delay after a number of failed attempts, in milliseconds, or undefined after the last one. Exponential
 * backoff with full jitter: up to 10 s, 20 s, 40 s and so on, capped at 4 h. All delays together take 23 hours on
 * average, and at most 46.
 *
 * @param random Number from 0 to 1.
 */
export function retryDelayMs(attempts: number, random: number): number | undefined {
  return attempts >= MAX_ATTEMPTS ? undefined : backoffMs(attempts, random, BACKOFF);
}
