/** Replication state of a replica as it reports it. */
export interface ReplicaState {
  /** Whether it follows a primary. A server that accepts writes has no lag. */
  readonly follows: boolean;
  /** Whether its WAL receiver runs. */
  readonly streams: boolean;
  /** Whether it has replayed everything it received. */
  readonly caughtUp: boolean;
  /** Time since the commit of the last replayed transaction, in milliseconds; null if none. */
  readonly sinceReplayMs: number | null;
  /** Whether it follows none and is another server than the primary. */
  readonly isPromoted?: boolean;
}

/**
 * Measures the replication lag in milliseconds. The time since the last replayed transaction alone would grow on a
 * replica of an idle primary. It only counts while something remains to be replayed, and at most since the replica was
 * last up to date; the same holds for a replica that receives nothing.
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
