/** How requests are sent. */
export interface OpenLoopOptions {
  /** So many a second, whatever becomes of them. */
  readonly rate: number;
  readonly milliseconds: number;
  /** Where so many are not answered, those that are due are left out: whoever sends has an end, too. */
  readonly maxPending: number;
  readonly signal: AbortSignal;
}

/** How much of the load was sent. */
export interface Sent {
  readonly sent: number;
  readonly leftOut: number;
}

/** How long nothing is sent, at the most, in milliseconds. */
const TICK_MS = 4;

/**
 * Sends requests at a steady rate until the time is over, then waits for the answers. A slow answer makes no later request
 * come later, as it would where a client waits for one before it sends the next.
 *
 * @param send Is told when its request was due, on the clock of `performance.now()`. It does not reject.
 */
export async function runOpenLoop(
  send: (dueMs: number) => Promise<void>,
  { rate, milliseconds, maxPending, signal }: OpenLoopOptions,
): Promise<Sent> {
  const pending = new Set<Promise<void>>();
  const begin = performance.now();
  const all = Math.floor(rate * milliseconds / 1000);
  let count = 0;
  let leftOut = 0;
  while (count < all && !signal.aborted) {
    const due = Math.min(all, Math.floor((performance.now() - begin) * rate / 1000));
    for (; count < due; count++) {
      if (pending.size >= maxPending) {
        leftOut++;
        continue;
      }
      const sending = send(begin + count * 1000 / rate).finally(() => pending.delete(sending));
      pending.add(sending);
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await Promise.all(pending);
  return { sent: count - leftOut, leftOut };
}
