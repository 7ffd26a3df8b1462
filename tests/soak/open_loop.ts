/** Options of {@link runOpenLoop}. */
export interface OpenLoopOptions {
  /** Requests per second, independent of responses. */
  readonly rate: number;
  readonly milliseconds: number;
  /** Number of pending requests above which due ones are skipped. The sender has limits, too. */
  readonly maxPending: number;
  readonly signal: AbortSignal;
}

/** Numbers of sent and skipped requests. */
export interface Sent {
  readonly sent: number;
  readonly skipped: number;
}

/** Maximum interval between checks for due requests, in milliseconds. */
const TICK_MS = 4;

/**
 * Sends requests at a constant rate until the time is over, then waits for the responses. A slow response does not delay
 * later requests, as it would with a client that waits for it before it sends the next one.
 *
 * @param send Sends a request and must not reject. Its argument is the due time on the clock of `performance.now()`.
 */
export async function runOpenLoop(
  send: (dueMs: number) => Promise<void>,
  { rate, milliseconds, maxPending, signal }: OpenLoopOptions,
): Promise<Sent> {
  const pending = new Set<Promise<void>>();
  const begin = performance.now();
  const all = Math.floor(rate * milliseconds / 1000);
  let count = 0;
  let skipped = 0;
  while (count < all && !signal.aborted) {
    const due = Math.min(all, Math.floor((performance.now() - begin) * rate / 1000));
    for (; count < due; count++) {
      if (pending.size >= maxPending) {
        skipped++;
        continue;
      }
      const sending = send(begin + count * 1000 / rate).finally(() => pending.delete(sending));
      pending.add(sending);
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await Promise.all(pending);
  return { sent: count - skipped, skipped };
}
