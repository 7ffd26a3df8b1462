/** How hard it is tried. */
export interface CapacityOptions {
  /** Requests at the same time, each sent when the one before it is answered. */
  readonly clients: number;
  readonly milliseconds: number;
  readonly signal: AbortSignal;
}

/** How many requests a second are answered when as many as possible are sent: those of the second half count. */
export async function measureCapacity(
  send: () => Promise<void>,
  { clients, milliseconds, signal }: CapacityOptions,
): Promise<number> {
  const begin = performance.now();
  const middle = begin + milliseconds / 2;
  const end = begin + milliseconds;
  let counted = 0;
  await Promise.all(Array.from({ length: clients }, async () => {
    while (performance.now() < end && !signal.aborted) {
      await send();
      const now = performance.now();
      if (now >= middle && now < end) counted++;
    }
  }));
  return counted / (milliseconds / 2000);
}
