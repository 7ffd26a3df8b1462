import type { Querier } from "@archway/db/db.ts";
import { microsecondsOf, type Timestamp, timestampOf } from "@archway/db/timestamp.ts";
import { sweepKeys } from "./sweep_keys.ts";

/** Options for {@link KeySweeper}. */
export interface KeySweeperOptions {
  readonly writer: () => Querier;
  /** Lifetime of a stored response, in milliseconds. The key stays for as long again, reported as expired. */
  readonly ttlMs: number;
  readonly now: () => Timestamp;
  /** Called when a sweep fails; the next one retries. */
  readonly onFailed: (error: unknown) => void;
}

const MIN_INTERVAL_MS = 60_000;
const MAX_INTERVAL_MS = 3_600_000;

/** Periodically deletes keys past their lifetime. Disposing stops the timer and aborts a sweep in progress. */
export class KeySweeper implements AsyncDisposable {
  readonly #options: KeySweeperOptions;
  readonly #stopping = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;
  #running: Promise<void> | undefined;

  constructor(options: KeySweeperOptions) {
    this.#options = options;
    const intervalMs = Math.min(Math.max(options.ttlMs / 24, MIN_INTERVAL_MS), MAX_INTERVAL_MS);
    this.#timer = setInterval(() => void this.sweep(), intervalMs);
  }

  /** Runs one sweep, or joins the one in progress; never rejects. */
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
