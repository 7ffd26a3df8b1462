/** What a replica says about how it follows. */
export interface ReplicaState {
  /** Whether it follows a primary. A server that takes writes itself is never behind. */
  readonly follows: boolean;
  /** Whether WAL can reach it: its receiver runs. */
  readonly streams: boolean;
  /** Whether it shows everything that has reached it. */
  readonly caughtUp: boolean;
  /** How long ago the transaction that it replayed last was committed; null: it has replayed none yet. */
  readonly sinceReplayMs: number | null;
}

/**
 * Tells how far a replica is behind, in milliseconds. The time since the last replayed transaction alone would call
 * a replica of an idle primary late: it only counts while something is left to replay, and never for longer than
 * since the replica was last seen up to date. One that nothing reaches is behind since then, too.
 */
export class LagMeter {
  readonly #now: () => number;
  #upToDateAt = -Infinity;

  constructor(now: () => number) {
    this.#now = now;
  }

  measure({ follows, streams, caughtUp, sinceReplayMs }: ReplicaState): number {
    const now = this.#now();
    if (!follows || (streams && caughtUp)) {
      this.#upToDateAt = now;
      return 0;
    }
    return Math.max(0, Math.min(sinceReplayMs ?? Infinity, now - this.#upToDateAt));
  }
}
