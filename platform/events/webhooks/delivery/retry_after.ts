/** Maximum pause that a receiver can ask for, in milliseconds: as long as the longest backoff. */
const MAX_RETRY_AFTER_MS = 4 * 3_600_000;

/** Pause after 429 without Retry-After, in milliseconds. */
const DEFAULT_MS = 30_000;

const TOO_MANY_REQUESTS = 429;
const SERVICE_UNAVAILABLE = 503;

/** Preferred format of dates in HTTP (RFC 9110, section 5.6.7). */
const IMF_FIXDATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * Returns the pause that a response asks for, in milliseconds, at most 4 h (RFC 9110, section 10.2.3; Standard Webhooks).
 * Undefined if it asks for none: with another status than 429 or 503, or for 503 without a valid Retry-After.
 *
 * @param retryAfter Value of the header; undefined if absent.
 */
export function retryAfterMs(
  { status, retryAfter = "" }: { readonly status: number; readonly retryAfter?: string | undefined },
  nowMs: number,
): number | undefined {
  if (status !== TOO_MANY_REQUESTS && status !== SERVICE_UNAVAILABLE) return undefined;
  const ms = parse(retryAfter, nowMs) ?? (status === TOO_MANY_REQUESTS ? DEFAULT_MS : undefined);
  return ms === undefined ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}

function parse(text: string, nowMs: number): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const at = IMF_FIXDATE.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? undefined : at - nowMs;
}
