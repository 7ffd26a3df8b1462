import { pause } from "./pause.ts";

/** Signals by which a task is asked to end. */
export interface TaskContext {
  /** Aborts when the task must not start anything new. */
  readonly stopping: AbortSignal;
  /** Aborts when the task must abandon what it is doing; later than `stopping`. */
  readonly signal: AbortSignal;
}

/** Options of a task pool. */
export interface TaskPoolOptions {
  /** Maximum number of concurrent tasks. */
  readonly size: number;
  /** Called for every task that rejects. Must not throw. */
  readonly onFailure: (task: string, error: unknown) => void;
  /**
   * Grace period for tasks to end once the pool is closed, in milliseconds, before they are aborted.
   *
   * @default {10_000}
   */
  readonly graceMs?: number;
}

/** Time limit for aborted tasks to end, in milliseconds. */
const GIVE_UP_MS = 2_000;

/**
 * Runs a bounded number of tasks concurrently and reports failures. It has no queue, as queued work would be lost with
 * the process: callers wait for a free place before they fetch work. Disposing waits for running tasks.
 */
export class TaskPool implements AsyncDisposable {
  readonly #options: TaskPoolOptions;
  readonly #running = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  readonly #abort = new AbortController();
  #changed = Promise.withResolvers<void>();

  constructor(options: TaskPoolOptions) {
    this.#options = options;
  }

  /** Number of tasks that can be started; 0 once the pool is closed. */
  get free(): number {
    return this.#stopping.signal.aborted ? 0 : this.#options.size - this.#running.size;
  }

  /** Starts a task. @throws {Error} if `free` is 0. */
  start(name: string, task: (context: TaskContext) => Promise<void>): void {
    if (this.free < 1) throw new Error("The task pool is full or closed");
    const running = this.#run(name, task).finally(() => {
      this.#running.delete(running);
      this.#change();
    });
    this.#running.add(running);
  }

  /** Resolves when a task has ended, or the pool is closed. */
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
    // A task that ignores its signal is abandoned.
    await pause(GIVE_UP_MS, { until: ended });
  }

  async #run(name: string, task: (context: TaskContext) => Promise<void>): Promise<void> {
    try {
      await task({ stopping: this.#stopping.signal, signal: this.#abort.signal });
    } catch (error) {
      this.#options.onFailure(name, error);
    }
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
