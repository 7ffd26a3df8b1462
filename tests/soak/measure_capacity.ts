/** Options of {@link measureCapacity}. */
export interface CapacityOptions {
  /** Number of concurrent requests; each client sends the next one after a response. */
  readonly clients: number;
  readonly milliseconds: number;
  readonly signal: AbortSignal;
  /**
   * Clock in milliseconds.
   *
   * @default performance.now
   */
  readonly now?: () => number;
}

/** Returns the number of responses per second at maximum load, measured in the second half. */
export async function measureCapacity(
  send: () => Promise<void>,
  { clients, milliseconds, signal, now = () => performance.now() }: CapacityOptions,
): Promise<number> {
  const begin = now();
  const middle = begin + milliseconds / 2;
  const end = begin + milliseconds;
  let counted = 0;
  await Promise.all(Array.from({ length: clients }, async () => {
    while (now() < end && !signal.aborted) {
      await send();
      const respondedAt = now();
      if (respondedAt >= middle && respondedAt < end) counted++;
    }
  }));
  return counted / (milliseconds / 2000);
}
