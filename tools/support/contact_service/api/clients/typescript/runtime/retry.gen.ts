// Code generated from tools/oapi_codegen/client/runtime/retry.ts; DO NOT EDIT.
import { ConnectionError, ProblemError } from "./problem_error.gen.ts";

/** When and how often a request is sent again. */
export interface RetryOptions {
  /**
   * Number of requests per call, the first included; 1 for no retries.
   *
   * @default 4
   */
  readonly attempts?: number;
  /**
   * Delay before the first retry if the server names none, in milliseconds. It doubles with each retry, and a random part
   * of it is left out.
   *
   * @default 200
   */
  readonly delayMs?: number;
  /**
   * Maximum delay, in milliseconds. If the server asks for more, the call fails at once.
   *
   * @default 30_000
   */
  readonly maxDelayMs?: number;
}

/** Properties of a request that determine which failures are retried. */
export interface RetryConditions extends RetryOptions {
  /** Whether a second request has no further effect: by its method, or by its key. */
  readonly repeatable: boolean;
  readonly idempotencyKey: string | undefined;
  /** Ends the wait between attempts. */
  readonly signal: AbortSignal | undefined;
}

/** Statuses of requests that may have been processed in part, by the server or behind a gateway. */
const UNCERTAIN = [408, 502, 503, 504];

/**
 * Sends a request until it succeeds, fails for good, or the attempts are used up. A request that may have had an effect is
 * sent again only if it is repeatable; one that was refused by a rate limit always is.
 *
 * @param send receives the number of the attempt, from 1.
 */
export async function retrying<T>(
  send: (attempt: number) => Promise<T>,
  conditions: RetryConditions,
): Promise<T> {
  const { attempts = 4, delayMs = 200, maxDelayMs = 30_000, signal, idempotencyKey } = conditions;
  for (let attempt = 1;; attempt++) {
    try {
      return await send(attempt);
    } catch (error) {
      if (error instanceof ConnectionError) Object.assign(error, { attempts: attempt, idempotencyKey });
      if (attempt >= attempts || !isRetried(error, conditions)) throw error;
      const asked = error instanceof ProblemError ? error.retryAfterMs : undefined;
      if (asked !== undefined && asked > maxDelayMs) throw error;
      const backoff = Math.min(delayMs * 2 ** (attempt - 1), maxDelayMs);
      // Never earlier than the server asks for, and not together with all other clients.
      await sleep(
        asked === undefined ? backoff * (1 - Math.random() / 2) : asked + delayMs * Math.random(),
        signal,
      );
    }
  }
}

function isRetried(error: unknown, { repeatable, idempotencyKey }: RetryConditions): boolean {
  if (error instanceof ConnectionError) return repeatable;
  if (!(error instanceof ProblemError)) return false;
  const { status, retryAfterMs } = error;
  // The first request with this key is still being processed.
  const isInUse = status === 409 && idempotencyKey !== undefined && retryAfterMs !== undefined;
  return status === 429 || isInUse || (repeatable && UNCERTAIN.includes(status));
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    function abort(): void {
      clearTimeout(timer);
      reject(signal?.reason);
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  });
}
