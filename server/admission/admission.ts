import type { Logger } from "../logger.ts";
import { AdaptiveLimit, EventLoopDelay } from "./adaptive_limit.ts";

/** How requests are let in. */
export interface AdmissionOptions {
  /** How long work may stand in line before requests are refused, in milliseconds. */
  readonly targetMs: number;
  /** How many requests may be under way at the same time, however quick they are. */
  readonly maxInFlight: number;
}

/** What tells how long work that is ready waits for its turn. */
export type Delay = Pick<EventLoopDelay, "start" | "stop" | "takeLeast">;

/** How many are always let in: enough to keep every connection to the database busy, and few enough to be answered soon. */
const leastInFlight = 32;

/** How long an interval of measuring is, in milliseconds. */
const intervalMs = 100;

/** How often refusals are logged at the most, in milliseconds. */
const logEveryMs = 1000;

/** How many requests wait to be let in at the same time; more are refused at once. */
const mostWaiting = 10_000;

/**
 * Lets in as many requests as can be served without a queue that stays. Who comes when that many are there waits a
 * moment for one to leave, and is refused then: a burst is served, and a client that asks again at once does not keep
 * the program busy with refusing it.
 */
export class Admission implements Disposable {
  readonly #logger: Logger;
  readonly #limit: AdaptiveLimit;
  readonly #delay: Delay;
  /** Who waits, first come first served; called when there is room. */
  readonly #waiting = new Set<() => void>();
  #inFlight = 0;
  #mostInFlight = 0;
  /** Since it was logged last. */
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
      least: Math.min(leastInFlight, maxInFlight),
      most: maxInFlight,
      targetMs,
    });
  }

  /** How many requests are under way. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** How many may be, now. */
  get limit(): number {
    return this.#limit.value;
  }

  /** Lets a request in, which has to {@link leave}; false: there is no room now. */
  enter(): boolean {
    if (this.#inFlight >= this.#limit.value) return false;
    this.#inFlight++;
    if (this.#inFlight > this.#mostInFlight) this.#mostInFlight = this.#inFlight;
    if (this.#timer === undefined) this.#measure();
    return true;
  }

  /** Resolves with true when there was room after all, and the request is let in; with false when it is refused. */
  wait(): Promise<boolean> {
    if (this.#waiting.size >= mostWaiting) {
      this.#refused++;
      return Promise.resolve(false);
    }
    return new Promise((resolve) => {
      const refuse = (): void => {
        this.#waiting.delete(admit);
        this.#refused++;
        resolve(false);
      };
      // Not all in the same moment.
      const timer = setTimeout(refuse, intervalMs * (1 + Math.random()));
      const admit = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      this.#waiting.add(admit);
    });
  }

  /** A request that was let in has been answered. */
  leave(): void {
    this.#inFlight--;
    this.#admitWaiting();
  }

  /** Ends measuring. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#delay.stop();
  }

  #admitWaiting(): void {
    for (const admit of this.#waiting) {
      if (!this.enter()) return;
      this.#waiting.delete(admit);
      admit();
    }
  }

  #measure(): void {
    this.#delay.start();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#note();
      // Nobody is here: the program may sleep.
      if (this.#inFlight === 0 && this.#refused === 0 && this.#limit.isRestored) this.#delay.stop();
      else this.#measure();
      this.#admitWaiting();
    }, intervalMs);
    Deno.unrefTimer(this.#timer);
  }

  #note(): void {
    const standingMs = this.#delay.takeLeast();
    this.#limit.note({ standingMs, mostInFlight: this.#mostInFlight });
    this.#mostInFlight = this.#inFlight;
    const now = performance.now();
    if (this.#refused === 0 || now < this.#logAgainAt) return;
    this.#logAgainAt = now + logEveryMs;
    this.#logger.warn("Refused {refused} requests: {standingMs} ms in line, {limit} at the same time", {
      refused: this.#refused,
      standingMs: Math.round(standingMs),
      limit: this.#limit.value,
    });
    this.#refused = 0;
  }
}
