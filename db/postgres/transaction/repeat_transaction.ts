import { DatabaseError } from "../../errors.ts";
import type { TransactionDeadline } from "./transaction_deadline.ts";

/** How often a transaction is run at most. */
const maxRuns = 6;

/** How long the pause after the first run is at most, in milliseconds; each further one is twice as long. */
const firstPauseMs = 10;

/**
 * Runs a transaction again when it gave way to another one, after a pause of random length ("full jitter": two that
 * met do not meet again; Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015).
 */
export async function repeatTransaction<T>(
  runOnce: () => Promise<T>,
  { deadline, random }: { readonly deadline: TransactionDeadline; readonly random: () => number },
): Promise<T> {
  for (let runs = 1;; runs++) {
    try {
      return await runOnce();
    } catch (error) {
      const gaveWay = error instanceof DatabaseError && error.code === "conflict";
      const pauseMs = random() * firstPauseMs * 2 ** (runs - 1);
      if (!gaveWay || runs === maxRuns || pauseMs >= deadline.leftMs) throw error;
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
