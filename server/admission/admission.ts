import type { Logger } from "../logger.ts";
import { AdaptiveLimit, EventLoopDelay } from "./adaptive_limit.ts";

/** Options of admission control. */
export interface AdmissionOptions {
  /** Queueing delay above which requests are rejected, in milliseconds. */
  readonly targetMs: number;
  /** Maximum number of requests in flight. */
  readonly maxInFlight: number;
}

/** Source of the queueing delay. */
export type Delay = Pick<EventLoopDelay, "start" | "stop" | "takeMin">;

/** Number of requests always admitted. Enough to use all database connections, few enough to finish soon. */
const MIN_IN_FLIGHT = 32;

/** Length of a measuring interval, in milliseconds. */
const INTERVAL_MS = 100;

/** Minimum interval between log lines about rejections, in milliseconds. */
const LOG_INTERVAL_MS = 1000;

/** Maximum number of waiting requests; more are rejected immediately. */
const MAX_WAITING = 10_000;

/**
 * Admission control: admits as many requests as can be served without a standing queue. Further requests wait briefly
 * for a free slot before they are rejected: so bursts are served, and clients that retry immediately do not keep the
 * program busy with rejections.
 */
export class Admission implements Disposable {
  readonly #logger: Logger;
  readonly #limit: AdaptiveLimit;
  readonly #delay: Delay;
  /** Waiting requests in order of arrival, called when a slot is free. */
  readonly #waiting = new Set<() => void>();
  #inFlight = 0;
  #peakInFlight = 0;
  /** Rejections since the last log line. */
  #refused = 0;
  #logAgainAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    settings: AdmissionOptions,
    { logger, delay = new EventLoopDelay() }: { readonly logger: Logger; readonly delay?: Delay },
  ) {
    this.#logger = logger;
    this.#delay = delay;
    const { targetMs, maxInFlight } = settings;
    this.#limit = new AdaptiveLimit({
      min: Math.min(MIN_IN_FLIGHT, maxInFlight),
      max: maxInFlight,
      targetMs,
    });
  }

  /** Number of requests in flight. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Current limit of requests in flight. */
  get limit(): number {
    return this.#limit.value;
  }

  /** Admits a request, which must be followed by {@link release}, unless the limit is reached. */
  tryAcquire(): boolean {
    if (this.#inFlight >= this.#limit.value) return false;
    this.#inFlight++;
    if (this.#inFlight > this.#peakInFlight) this.#peakInFlight = this.#inFlight;
    if (this.#timer === undefined) this.#measure();
    return true;
  }

  /** Resolves with true once a slot is free and the request admitted, or with false when it is rejected. */
  wait(): Promise<boolean> {
    if (this.#waiting.size >= MAX_WAITING) {
      this.#refused++;
      return Promise.resolve(false);
    }
    return new Promise((resolve) => {
      const refuse = (): void => {
        this.#waiting.delete(admit);
        this.#refused++;
        resolve(false);
      };
      // Jitter spreads the rejections.
      const timer = setTimeout(refuse, INTERVAL_MS * (1 + Math.random()));
      const admit = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      this.#waiting.add(admit);
    });
  }

  /** Releases the slot of an admitted request. */
  release(): void {
    this.#inFlight--;
    this.#admitWaiting();
  }

  /** Stops measuring. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#delay.stop();
  }

  #admitWaiting(): void {
    for (const admit of this.#waiting) {
      if (!this.tryAcquire()) return;
      this.#waiting.delete(admit);
      admit();
    }
  }

  #measure(): void {
    this.#delay.start();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#adjust();
      // Idle: stop the timers so that the process can sleep.
      if (this.#inFlight === 0 && this.#refused === 0 && this.#limit.isRestored) this.#delay.stop();
      else this.#measure();
      this.#admitWaiting();
    }, INTERVAL_MS);
    Deno.unrefTimer(this.#timer);
  }

  #adjust(): void {
    const queueDelayMs = this.#delay.takeMin();
    this.#limit.record({ queueDelayMs, peakInFlight: this.#peakInFlight });
    this.#peakInFlight = this.#inFlight;
    const now = performance.now();
    if (this.#refused === 0 || now < this.#logAgainAt) return;
    this.#logAgainAt = now + LOG_INTERVAL_MS;
    this.#logger.warn(
      "Overloaded: {refused} requests rejected, queueing delay {queueDelayMs} ms, limit {limit}",
      {
        refused: this.#refused,
        queueDelayMs: Math.round(queueDelayMs),
        limit: this.#limit.value,
      },
    );
    this.#refused = 0;
  }
}
