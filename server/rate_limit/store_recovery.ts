/** Number of fast probes in a row after which a store counts as available again. */
const MIN_PROBES = 3;
const MAX_PROBES = 60;

/** Time after a recovery in which another loss doubles the number of probes, in milliseconds. */
const UNSTABLE_MS = 60_000;

/** Options of {@link StoreRecovery}. */
export interface StoreRecoveryOptions {
  /** Timeout of a request to the store, in milliseconds; a probe has to take no more than half of it. */
  readonly timeoutMs: number;
  /**
   * Returns the current time, in milliseconds.
   *
   * @default {performance.now}
   */
  readonly now?: () => number;
}

/**
 * Decides when an unavailable store is used again. A store that responds in about the timeout would otherwise be lost and
 * regained every second, and each time requests would wait for it and counts would start over.
 */
export class StoreRecovery {
  readonly #fastMs: number;
  readonly #now: () => number;
  #needed = MIN_PROBES;
  #fast = 0;
  #recoveredAt = -Infinity;

  constructor({ timeoutMs, now = () => performance.now() }: StoreRecoveryOptions) {
    this.#fastMs = timeoutMs / 2;
    this.#now = now;
  }

  /** Notes that the store was lost. */
  lost(): void {
    const isUnstable = this.#now() - this.#recoveredAt < UNSTABLE_MS;
    this.#needed = isUnstable ? Math.min(this.#needed * 2, MAX_PROBES) : MIN_PROBES;
    this.#fast = 0;
  }

  /** Notes that a probe failed. */
  failed(): void {
    this.#fast = 0;
  }

  /** Notes the time that a successful probe took. */
  responded(ms: number): "recovering" | "recovered" | "slow" {
    if (ms > this.#fastMs) {
      this.#fast = 0;
      return "slow";
    }
    this.#fast++;
    if (this.#fast < this.#needed) return "recovering";
    this.#recoveredAt = this.#now();
    return "recovered";
  }
}
