/** How hard it is tried. */
export interface CapacityOptions {
  /** Requests at the same time, each sent when the one before it is answered. */
  readonly clients: number;
  readonly milliseconds: number;
  readonly signal: AbortSignal;
  /**
   * In milliseconds since any moment.
   *
   * @default performance.now
   */
  readonly now?: () => number;
}

/** How many requests a second are answered when as many as possible are sent: those of the second half count. */
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
      const answeredAt = now();
      if (answeredAt >= middle && answeredAt < end) counted++;
    }
  }));
  return counted / (milliseconds / 2000);
}
