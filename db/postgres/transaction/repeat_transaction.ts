import { DatabaseError } from "../../errors.ts";
import type { TransactionDeadline } from "./transaction_deadline.ts";

/** Maximum number of attempts. */
const maxRuns = 6;

/** Maximum delay after the first attempt in milliseconds, doubled after each further one. */
const firstPauseMs = 10;

/**
 * Retries a transaction after conflicts. Full jitter keeps two conflicting ones from meeting again (Brooker,
 * "Exponential Backoff and Jitter", AWS Architecture Blog, 2015).
 */
export async function repeatTransaction<T>(
  runOnce: () => Promise<T>,
  { deadline, random }: { readonly deadline: TransactionDeadline; readonly random: () => number },
): Promise<T> {
  for (let runs = 1;; runs++) {
    try {
      return await runOnce();
    } catch (error) {
      const isConflict = error instanceof DatabaseError && error.code === "conflict";
      const pauseMs = random() * firstPauseMs * 2 ** (runs - 1);
      if (!isConflict || runs === maxRuns || pauseMs >= deadline.leftMs) throw error;
      await pause(pauseMs, deadline.signal);
    }
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  signal.addEventListener("abort", () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
  signal.throwIfAborted();
}
