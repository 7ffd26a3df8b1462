/** What ends a pause before its time. */
export interface PauseOptions {
  readonly signal?: AbortSignal;
  /** Anything else that is worth going on for. */
  readonly until?: Promise<unknown>;
}

/** Waits for so many milliseconds; never rejects. */
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
