/** Options of an {@link AdaptiveLimit}. */
export interface AdaptiveLimitOptions {
  /** Lower bound of the limit. */
  readonly min: number;
  /** Upper bound of the limit, and its initial value. */
  readonly max: number;
  /** Queueing delay above which the limit decreases, in milliseconds. */
  readonly targetMs: number;
}

/** Measurements of one interval. */
export interface Interval {
  /** Minimum queueing delay in milliseconds: a burst passes, a standing queue does not (CoDel). */
  readonly queueDelayMs: number;
  /** Maximum number of requests in flight. */
  readonly peakInFlight: number;
}

/** Smallest factor of a decrease. */
const MIN_DECREASE = 0.5;

/** Largest factor of a decrease. */
const MAX_DECREASE = 0.8;

/** Factor of an increase. */
const INCREASE = 1.1;

/**
 * Concurrency limit that adapts to the queueing delay. Both changes are multiplicative, because additive increase is
 * slow for limits of hundreds, and decreases are steeper, as with TCP's congestion window (RFC 5681). The measured
 * signal is the standing queue (Nichols and Jacobson, "Controlling Queue Delay", 2012).
 */
export class AdaptiveLimit {
  readonly #options: AdaptiveLimitOptions;
  #limit: number;
  /** Current limit. */
  value: number;

  constructor(options: AdaptiveLimitOptions) {
    this.#options = options;
    this.#limit = options.max;
    this.value = Math.floor(options.max);
  }

  /** Whether the limit has recovered to its upper bound. */
  get isRestored(): boolean {
    return this.#limit >= this.#options.max;
  }

  /** Adjusts the limit to the measurements of an interval. */
  record({ queueDelayMs, peakInFlight }: Interval): void {
    const { min, max, targetMs } = this.#options;
    const next = queueDelayMs > targetMs
      // Starts from the actual load: a limit far above it would take many steps to have an effect.
      ? Math.min(this.#limit, peakInFlight) *
        Math.min(MAX_DECREASE, Math.max(MIN_DECREASE, targetMs / queueDelayMs))
      : this.#limit * INCREASE;
    this.#limit = Math.min(max, Math.max(min, next));
    this.value = Math.floor(this.#limit);
  }
}

/** Interval between timers, in milliseconds. */
const TIMER_MS = 10;

/**
 * Measures the delay of the event loop, by how late a timer fires. The timer does not keep the process alive and runs
 * only between {@link start} and {@link stop}.
 */
export class EventLoopDelay {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #min = Infinity;

  /** Starts to measure, unless already started. */
  start(): void {
    if (this.#timer === undefined) this.#next();
  }

  /** Stops measuring. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Returns the minimum delay since the last call, in milliseconds; 0 if nothing was measured. */
  takeMin(): number {
    const min = this.#min;
    this.#min = Infinity;
    return min === Infinity ? 0 : min;
  }

  #next(): void {
    const due = performance.now() + TIMER_MS;
    this.#timer = setTimeout(() => {
      this.#min = Math.min(this.#min, Math.max(0, performance.now() - due));
      this.#next();
    }, TIMER_MS);
    Deno.unrefTimer(this.#timer);
  }
}
