import type { QueryOptions, WalPosition } from "../../db.ts";

/** What {@link ReplayProgress} works with. */
export interface ReplayProgressOptions {
  /** Asks the replica how far it has replayed; undefined: it cannot tell. */
  readonly ask: () => Promise<WalPosition | undefined>;
  readonly pause: (delayMs: number) => Promise<void>;
  /** The session that it was asked in last. */
  readonly session: () => ReplicaSession | undefined;
}

/** A session with a replica. */
export interface ReplicaSession {
  /** Whether it lasts, as far as is known. */
  readonly isOpen: boolean;
}

/** How long to wait for a position. */
export interface WaitOptions extends QueryOptions {
  /** In milliseconds; 0: not at all. */
  readonly timeoutMs: number;
}

interface Waiter {
  readonly after: WalPosition;
  readonly resolve: (reached: boolean) => void;
}

/** The pauses between two questions, in milliseconds: each is twice the one before. */
const pauseMs = { first: 1, most: 8 };

/**
 * How far a replica has replayed, as far as that is known. A replica only goes forward, so what was true stays true
 * while it runs. One that has crashed may show less for a moment than it did before: what was said in a session that
 * is closed counts for nothing.
 */
export class ReplayProgress {
  readonly #options: ReplayProgressOptions;
  readonly #waiters = new Set<Waiter>();
  #known: WalPosition | undefined;
  #session: ReplicaSession | undefined;
  /** Begins anew with every {@link forget}, so that no answer of before counts. */
  #life = {};
  #polls = false;

  constructor(options: ReplayProgressOptions) {
    this.#options = options;
  }

  /** Takes note of what the replica has said; undefined: it cannot tell. */
  note(position: WalPosition | undefined): void {
    this.#known = position;
    this.#session = this.#options.session();
    for (const waiter of this.#waiters) {
      if (this.covers(waiter.after)) this.#settle(waiter, true);
      else if (!this.isOn(waiter.after.timeline)) this.#settle(waiter, false);
    }
  }

  /** Forgets what is known. Who waits need not wait any longer. */
  forget(): void {
    this.#life = {};
    this.note(undefined);
  }

  /** Whether it is known to show everything before the position. */
  covers(after: WalPosition): boolean {
    const known = this.#known;
    return known?.timeline === after.timeline && known.lsn >= after.lsn && this.#session?.isOpen === true;
  }

  /** Whether it was on the timeline when it was asked last, and can therefore reach a position of it. */
  isOn(timeline: number): boolean {
    return this.#known?.timeline === timeline;
  }

  /**
   * Resolves with true when it shows everything before the position, with false when the time is over, the signal
   * aborts, or the replica is lost or on another timeline. Never rejects. All who wait share the questions.
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

  /** Asks again and again while anybody waits. Where that fails, the next probe will find out why. */
  async #poll(): Promise<void> {
    this.#polls = true;
    for (let delayMs = pauseMs.first; this.#waiters.size > 0; delayMs = Math.min(2 * delayMs, pauseMs.most)) {
      const life = this.#life;
      const position = await this.#options.ask().catch(() => undefined);
      if (life === this.#life) this.note(position);
      if (this.#waiters.size > 0) await this.#options.pause(delayMs);
    }
    this.#polls = false;
  }
}
