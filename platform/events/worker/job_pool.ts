import { pause } from "./pause.ts";

/** Signals by which a job is asked to end. */
export interface JobContext {
  /** Aborts when the job must not start anything new. */
  readonly stopping: AbortSignal;
  /** Aborts when the job must abandon what it is doing; later than `stopping`. */
  readonly signal: AbortSignal;
}

/** Options of a job pool. */
export interface JobPoolOptions {
  /** Maximum number of concurrent jobs. */
  readonly size: number;
  /** Called for every job that rejects. Must not throw. */
  readonly onFailure: (job: string, error: unknown) => void;
  /**
   * Grace period for jobs to end once the pool is closed, in milliseconds, before they are aborted.
   *
   * @default {10_000}
   */
  readonly graceMs?: number;
}

/** Time limit for aborted jobs to end, in milliseconds. */
const GIVE_UP_MS = 2_000;

/**
 * Runs a bounded number of jobs concurrently and reports failures. It has no queue, as queued work would be lost with
 * the process: callers wait for a free place before they fetch work. Disposing waits for running jobs.
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

  /** Number of jobs that can be started; 0 once the pool is closed. */
  get free(): number {
    return this.#stopping.signal.aborted ? 0 : this.#options.size - this.#running.size;
  }

  /** Starts a job. @throws {Error} if `free` is 0. */
  start(name: string, job: (context: JobContext) => Promise<void>): void {
    if (this.free < 1) throw new Error("The job pool is full or closed");
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
    // A job that ignores its signal is abandoned.
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
