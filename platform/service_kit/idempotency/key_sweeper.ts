import type { Querier } from "@archway/db/db.ts";
import { microsecondsOf, type Timestamp, timestampOf } from "@archway/db/timestamp.ts";
import { sweepKeys } from "./sweep_keys.ts";

/** How keys are swept. */
export interface KeySweeperOptions {
  readonly writer: () => Querier;
  /** How long an answer is given again, in milliseconds; for as long again its key is known as expired. */
  readonly ttlMs: number;
  readonly now: () => Timestamp;
  /** Told when keys could not be swept; they are by the next turn. */
  readonly onFailed: (error: unknown) => void;
}

const LEAST_PAUSE_MS = 60_000;
const MOST_PAUSE_MS = 3_600_000;

/** Takes away, from time to time, the keys that nobody needs any more. Disposing ends it, and what it does just then. */
export class KeySweeper implements AsyncDisposable {
  readonly #options: KeySweeperOptions;
  readonly #stopping = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;
  #running: Promise<void> | undefined;

  constructor(options: KeySweeperOptions) {
    this.#options = options;
    const pauseMs = Math.min(Math.max(options.ttlMs / 24, LEAST_PAUSE_MS), MOST_PAUSE_MS);
    this.#timer = setInterval(() => void this.sweep(), pauseMs);
  }

  /** Sweeps once; never rejects. */
  sweep(): Promise<void> {
    this.#running ??= this.#sweep().finally(() => this.#running = undefined);
    return this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#stopping.abort();
    await this.#running;
  }

  async #sweep(): Promise<void> {
    const { writer, ttlMs, now, onFailed } = this.#options;
    const { signal } = this.#stopping;
    try {
      const before = timestampOf(microsecondsOf(now()) - BigInt(ttlMs) * 1000n);
      await sweepKeys(writer(), { before, signal });
    } catch (error) {
      if (!signal.aborted) onFailed(error);
    }
  }
}
