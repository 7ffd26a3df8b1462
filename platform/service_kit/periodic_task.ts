/** Options of a periodic task. */
export interface PeriodicTaskOptions {
  readonly intervalMs: number;
  /** Does the work once. The signal aborts it when the task is disposed. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** Called when a run fails; the next one retries. */
  readonly onFailed: (error: unknown) => void;
}

/** Repeats work beside requests. Disposing stops the timer, aborts a run in progress and waits for its end. */
export class PeriodicTask implements AsyncDisposable {
  readonly #options: PeriodicTaskOptions;
  readonly #stopping = new AbortController();
  #timer: ReturnType<typeof setInterval> | undefined;
  #running: Promise<void> | undefined;

  constructor(options: PeriodicTaskOptions) {
    this.#options = options;
  }

  /** Runs at once, and then in every interval. */
  start(): void {
    this.#timer ??= setInterval(() => void this.run(), this.#options.intervalMs);
    void this.run();
  }

  /** Runs once, or joins the run in progress; never rejects. */
  run(): Promise<void> {
    this.#running ??= this.#run().finally(() => this.#running = undefined);
    return this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { run, onFailed } = this.#options;
    const { signal } = this.#stopping;
    if (signal.aborted) return;
    try {
      await run(signal);
    } catch (error) {
      if (!signal.aborted) onFailed(error);
    }
  }
}

const MIN_INTERVAL_MS = 60_000;
const MAX_INTERVAL_MS = 3_600_000;

/** Returns the interval of deleting what is past a retention period, in milliseconds: a minute to an hour. */
export function retentionInterval(retentionMs: number): number {
  return Math.min(Math.max(retentionMs / 24, MIN_INTERVAL_MS), MAX_INTERVAL_MS);
}
