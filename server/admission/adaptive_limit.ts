/** What an {@link AdaptiveLimit} moves between, and by what. */
export interface AdaptiveLimitOptions {
  /** How many requests at the same time are always let in. */
  readonly least: number;
  /** With how many it begins, and to which it goes back when fewer come. */
  readonly first: number;
  /** How many are never exceeded. */
  readonly most: number;
  /** How long work may stand in line before the limit goes down, in milliseconds. */
  readonly targetMs: number;
}

/** What was seen in one interval. */
export interface Interval {
  /** The shortest time that work stood in line: a burst passes, a queue that stays does not (CoDel). */
  readonly standingMs: number;
  /** The most requests that were under way at the same time. */
  readonly mostInFlight: number;
}

/** By what the limit is multiplied at the least while work stands in line for too long. */
const steepest = 0.5;

/** By what it is multiplied at the most. */
const gentlest = 0.8;

/** By what it is multiplied while work does not stand in line. */
const increase = 1.1;

/**
 * How many requests may be under way at the same time, found out by what they cost: additive increase would take long
 * on a limit of hundreds, so it is multiplied both ways, more steeply down than up (as TCP's congestion window, RFC
 * 5681; what is measured is the standing queue of Nichols and Jacobson, "Controlling Queue Delay", 2012). It grows only
 * where it is reached and forgets what is not used any more (RFC 7661): what was right for quick requests would let in a
 * crowd of slow ones.
 */
export class AdaptiveLimit {
  readonly #options: AdaptiveLimitOptions;
  #limit: number;

  constructor(options: AdaptiveLimitOptions) {
    this.#options = options;
    this.#limit = options.first;
  }

  get value(): number {
    return Math.floor(this.#limit);
  }

  /** Whether it is where it began, or above: nothing is left of a time when too much was asked for. */
  get isRestored(): boolean {
    return this.#limit >= this.#options.first;
  }

  /** Takes note of an interval that has passed. */
  note(interval: Interval): void {
    const { least, most } = this.#options;
    this.#limit = Math.min(most, Math.max(least, this.#next(interval)));
  }

  #next({ standingMs, mostInFlight }: Interval): number {
    const { first, targetMs } = this.#options;
    if (standingMs > targetMs) {
      // A limit far above what there is would take many steps before it limited anything.
      return Math.min(this.#limit, mostInFlight) *
        Math.min(gentlest, Math.max(steepest, targetMs / standingMs));
    }
    if (mostInFlight >= this.value || this.#limit < first) return this.#limit * increase;
    return mostInFlight < this.#limit / 2 ? Math.max(first, this.#limit / increase) : this.#limit;
  }
}
