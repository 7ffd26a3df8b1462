/** Limits of exponential backoff. */
export interface Backoff {
  /** Maximum delay after the first failure, in milliseconds; doubles with every failure. */
  readonly firstMs: number;
  /** Maximum delay, in milliseconds. */
  readonly maxMs: number;
}

/**
 * Returns the delay after a number of failed attempts, in milliseconds: exponential backoff with full jitter.
 *
 * @param random Number from 0 to 1.
 */
export function backoffMs(attempts: number, random: number, { firstMs, maxMs }: Backoff): number {
  return Math.round(random * Math.min(firstMs * 2 ** (attempts - 1), maxMs));
}
