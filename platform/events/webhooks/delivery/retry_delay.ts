/** How often a delivery is attempted before nobody tries any more. */
export const MAX_ATTEMPTS = 22;

const FIRST_MS = 10_000;
const LONGEST_MS = 4 * 3_600_000;

/**
 * How long to wait after so many attempts that failed, in milliseconds: anything up to 10 s, 20 s, 40 s and so on up to
 * 4 h (exponential backoff with full jitter). All of them together take 23 hours on average, 46 at the most. Undefined:
 * that was the last one.
 *
 * @param random From 0 to 1.
 */
export function retryDelayMs(attempts: number, random: number): number | undefined {
  if (attempts >= MAX_ATTEMPTS) return undefined;
  return Math.round(random * Math.min(FIRST_MS * 2 ** (attempts - 1), LONGEST_MS));
}
