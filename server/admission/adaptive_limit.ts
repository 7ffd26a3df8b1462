/** What an {@link AdaptiveLimit} moves between, and by what. */
export interface AdaptiveLimitOptions {
  /** How many requests at the same time are always let in. */
  readonly least: number;
  /** How many are never exceeded; it begins with them. */
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
 * 5681; what is measured is the standing queue of Nichols and Jacobson, "Controlling Queue Delay", 2012).
 */
export class AdaptiveLimit {
  readonly #options: AdaptiveLimitOptions;
  #limit: number;
  /** How many may be under way, until an interval is noted. */
  value: number;

  constructor(options: AdaptiveLimitOptions) {
    this.#options = options;
    this.#limit = options.most;
    this.value = Math.floor(options.most);
  }

  /** Whether it is where it began: nothing is left of a time when too much was asked for. */
  get isRestored(): boolean {
    return this.#limit >= this.#options.most;
  }

  /** Takes note of an interval that has passed. */
  note({ standingMs, mostInFlight }: Interval): void {
    const { least, most, targetMs } = this.#options;
    const next = standingMs > targetMs
      // A limit far above what there is would take many steps before it limited anything.
      ? Math.min(this.#limit, mostInFlight) * Math.min(gentlest, Math.max(steepest, targetMs / standingMs))
      : this.#limit * increase;
    this.#limit = Math.min(most, Math.max(least, next));
    this.value = Math.floor(this.#limit);
  }
}

/** How often the event loop is asked for a turn, in milliseconds. */
const everyMs = 10;

/**
 * Measures how long work that is ready waits for its turn: a timer is late by as much. It keeps no process alive and
 * runs only between {@link start} and {@link stop}.
 */
export class EventLoopDelay {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #least = Infinity;

  /** Begins to measure, unless it does. */
  start(): void {
    if (this.#timer === undefined) this.#next();
  }

  /** Ends measuring. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** The least delay since the last call, in milliseconds; 0 where none was measured. */
  takeLeast(): number {
    const least = this.#least;
    this.#least = Infinity;
    return least === Infinity ? 0 : least;
  }

  #next(): void {
    const due = performance.now() + everyMs;
    this.#timer = setTimeout(() => {
      this.#least = Math.min(this.#least, Math.max(0, performance.now() - due));
      this.#next();
    }, everyMs);
    Deno.unrefTimer(this.#timer);
  }
}
