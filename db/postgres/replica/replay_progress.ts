import type { QueryOptions, WalPosition } from "../../db.ts";

/** Dependencies of {@link ReplayProgress}. */
export interface ReplayProgressOptions {
  /** Reads the replayed position; undefined if unknown. */
  readonly read: () => Promise<WalPosition | undefined>;
  readonly pause: (delayMs: number) => Promise<void>;
  /** Returns the session of the last read. */
  readonly session: () => ReplicaSession | undefined;
}

/** Session with a replica. */
export interface ReplicaSession {
  /** Whether it is open, as far as known. */
  readonly isOpen: boolean;
}

/** Options of {@link ReplayProgress.reached}. */
export interface WaitOptions extends QueryOptions {
  /** Maximum wait in milliseconds; 0 disables waiting. */
  readonly timeoutMs: number;
}

interface Waiter {
  readonly after: WalPosition;
  readonly resolve: (reached: boolean) => void;
}

/** Interval between polls in milliseconds, doubled up to the maximum. */
const pauseMs = { first: 1, most: 8 };

/**
 * Known replay progress of a replica. It only increases while the replica runs, so an earlier position remains valid.
 * After a crash it may decrease temporarily: positions from a closed session are ignored.
 */
export class ReplayProgress {
  readonly #options: ReplayProgressOptions;
  readonly #waiters = new Set<Waiter>();
  #known: WalPosition | undefined;
  #session: ReplicaSession | undefined;
  /** Replaced by {@link reset}, so that results of earlier reads are ignored. */
  #generation = {};
  #polls = false;

  constructor(options: ReplayProgressOptions) {
    this.#options = options;
  }

  /** Records the replayed position; undefined if unknown. */
  record(position: WalPosition | undefined): void {
    this.#known = position;
    this.#session = this.#options.session();
    for (const waiter of this.#waiters) {
      if (this.covers(waiter.after)) this.#settle(waiter, true);
      else if (!this.isOn(waiter.after.timeline)) this.#settle(waiter, false);
    }
  }

  /** Discards the known position and ends all waits. */
  reset(): void {
    this.#generation = {};
    this.record(undefined);
  }

  /** Whether it is known to show everything before the position. */
  covers(after: WalPosition): boolean {
    const known = this.#known;
    return known?.timeline === after.timeline && known.lsn >= after.lsn && this.#session?.isOpen === true;
  }

  /** Whether it was on the timeline at the last read, and can therefore reach its positions. */
  isOn(timeline: number): boolean {
    return this.#known?.timeline === timeline;
  }

  /**
   * Resolves with true when it shows everything before the position. Resolves with false on timeout, on abort, or if the
   * replica is lost or on another timeline. Never rejects. Concurrent waits share the polling.
   */
  async reached(after: WalPosition, { timeoutMs, signal }: WaitOptions): Promise<boolean> {
    if (this.covers(after)) return true;
    if (timeoutMs === 0 || signal?.aborted || !this.isOn(after.timeline)) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const waiter = { after, resolve };
    const giveUp = (): void => this.#settle(waiter, false);
    const timer = setTimeout(giveUp, timeoutMs);
    signal?.addEventListener("abort", giveUp);
    this.#waiters.add(waiter);
    if (!this.#polls) this.#poll();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
    }
  }

  #settle(waiter: Waiter, reached: boolean): void {
    this.#waiters.delete(waiter);
    waiter.resolve(reached);
  }

  /** Polls while there are waiters. The next health probe handles errors. */
  async #poll(): Promise<void> {
    this.#polls = true;
    for (let delayMs = pauseMs.first; this.#waiters.size > 0; delayMs = Math.min(2 * delayMs, pauseMs.most)) {
      const generation = this.#generation;
      const position = await this.#options.read().catch(() => undefined);
      if (generation === this.#generation) this.record(position);
      if (this.#waiters.size > 0) await this.#options.pause(delayMs);
    }
    this.#polls = false;
  }
}
