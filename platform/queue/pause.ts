/** Options of a pause. */
export interface PauseOptions {
  /** Ends the pause when aborted. */
  readonly signal?: AbortSignal;
  /** Ends the pause when resolved. */
  readonly until?: Promise<unknown>;
}

/** Waits for a duration, unless it ends early. Never rejects. */
export async function pause(milliseconds: number, { signal, until }: PauseOptions = {}): Promise<void> {
  if (signal?.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  const ends = (): void => resolve();
  signal?.addEventListener("abort", ends, { once: true });
  try {
    await Promise.race(until === undefined ? [promise] : [promise, until]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", ends);
  }
}
