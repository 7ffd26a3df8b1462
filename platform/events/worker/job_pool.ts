import { pause } from "./pause.ts";

/** What tells a job that it should come to its end. */
export interface JobContext {
  /** Aborts when nothing new is to be begun any more. */
  readonly stopping: AbortSignal;
  /** Aborts when what is still under way is to be given up; later than `stopping`. */
  readonly signal: AbortSignal;
}

/** How a pool is made. */
export interface JobPoolOptions {
  /** How many jobs run at the same time, at the most. */
  readonly size: number;
  /** Told of every job that rejects. Must not throw. */
  readonly onFailure: (job: string, error: unknown) => void;
  /**
   * How long jobs may take to come to their end once the pool is closed, in milliseconds, before they are given up.
   *
   * @default {10_000}
   */
  readonly graceMs?: number;
}

/** How long jobs may take to note that they are given up, in milliseconds. */
const GIVE_UP_MS = 2_000;

/**
 * Runs jobs beside each other, a bounded number at a time, and tells of each one that fails. Whoever has a job to do asks
 * for room first: the pool has no line of jobs that wait, for what waits in memory is lost with it. Disposing lets the
 * jobs come to their end.
 */
export class JobPool implements AsyncDisposable {
  readonly #options: JobPoolOptions;
  readonly #running = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #abort = new AbortController();
  #changed = Promise.withResolvers<void>();

  constructor(options: JobPoolOptions) {
    this.#options = options;
  }

  /** How many more jobs it would take; none once it is closed. */
  get free(): number {
    return this.#stopping.signal.aborted ? 0 : this.#options.size - this.#running.size;
  }

  /** Starts a job. @throws {Error} where there is no room, which `free` tells before. */
  start(name: string, job: (context: JobContext) => Promise<void>): void {
    if (this.free < 1) throw new Error("The pool takes no more jobs");
    const running = this.#run(name, job).finally(() => {
      this.#running.delete(running);
      this.#change();
    });
    this.#running.add(running);
  }

  /** Resolves when a job has ended, or the pool is closed. */
  async untilFree(): Promise<void> {
    if (this.free > 0 || this.#stopping.signal.aborted) return;
    await this.#changed.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    this.#change();
    const ended = Promise.all(this.#running);
    await pause(this.#options.graceMs ?? 10_000, { until: ended });
    this.#abort.abort();
    // A job that waits for somebody who does not answer is left to that.
    await pause(GIVE_UP_MS, { until: ended });
  }

  async #run(name: string, job: (context: JobContext) => Promise<void>): Promise<void> {
    try {
      await job({ stopping: this.#stopping.signal, signal: this.#abort.signal });
    } catch (error) {
      this.#options.onFailure(name, error);
    }
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
