import type { Notifications } from "@archway/db/db.ts";
import type { Logger } from "@archway/server/logger.ts";
import { TaskPool } from "./task_pool.ts";
import { WorkLoop, type WorkLoopOptions } from "./work_loop.ts";
import type { WorkerFailures } from "./worker_failures.ts";

/** Step of one loop of a worker, with options that differ from the defaults. */
export interface WorkerStep extends Pick<WorkLoopOptions, "step">, Partial<Omit<WorkLoopOptions, "step">> {
  /**
   * Whether the loop runs until all tasks have ended, for what tasks depend on.
   *
   * @default {false}
   */
  readonly untilDrained?: boolean;
}

/** Parts of a worker that its steps use. */
export interface WorkerContext {
  /** Runs what the steps start. */
  readonly tasks: TaskPool;
  /** Wakes a loop by its name. */
  readonly wake: (loop: string) => void;
}

/** Options of a worker. */
export interface WorkerOptions {
  readonly database: Notifications;
  readonly logger: Logger;
  readonly failures: WorkerFailures;
  /** Maximum number of concurrent tasks, in addition to the loops. */
  readonly concurrency: number;
  /** Interval between steps of an idle loop, in milliseconds. */
  readonly pollMs: number;
  /** Grace period for running tasks on disposal, in milliseconds. */
  readonly graceMs: number;
  /** Returns a number from 0 to 1, for the jitter of pauses. @default Math.random */
  readonly random?: () => number;
  /** Channel that is notified of new work, and the names of the loops that it wakes. */
  readonly notifications: { readonly channel: string; readonly wakes: readonly string[] };
  /** Plural noun of the work for the log, such as "events". */
  readonly things: string;
  /** Returns the steps of the loops, by name. */
  readonly steps: (context: WorkerContext) => ReadonlyMap<string, WorkerStep>;
}

/**
 * Repeats the steps of background work, and runs the tasks that these start. Any number of processes can run one
 * concurrently. Disposing waits for running tasks, up to the grace period.
 */
export class Worker implements AsyncDisposable {
  readonly #options: WorkerOptions;
  readonly #tasks: TaskPool;
  readonly #pools: readonly TaskPool[];
  readonly #loops: ReadonlyMap<string, WorkLoop>;
  readonly #drained: ReadonlySet<string>;
  #listening: AsyncDisposable | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#tasks = this.#pool(options.concurrency);
    const steps = options.steps({ tasks: this.#tasks, wake: (loop) => this.wake(loop) });
    this.#loops = new Map([...steps].map(([name, step]) => [name, this.#loop(name, step)]));
    this.#drained = new Set([...steps].filter(([, { untilDrained }]) => untilDrained).map(([name]) => name));
    this.#pools = [this.#pool(steps.size - this.#drained.size), this.#pool(this.#drained.size)];
  }

  /** Wakes a loop by its name, for work that no notification announces. @param name @default all loops */
  wake(name?: string): void {
    if (name !== undefined) this.#loops.get(name)?.wake();
    else for (const loop of this.#loops.values()) loop.wake();
  }

  /** Starts the loops. The tables have to exist. */
  start(): void {
    const { database, logger, notifications: { channel, wakes }, things } = this.#options;
    for (const [name, loop] of this.#loops) {
      this.#pools[this.#drained.has(name) ? 1 : 0]?.start(name, (context) => loop.run(context));
    }
    this.#listening = database.listen(channel, {
      onNotify: () => wakes.forEach((loop) => this.wake(loop)),
      onState: (state) => {
        if (state !== "impossible") return;
        logger.info("Polling for {things}: the connection pooler does not pass notifications", { things });
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const [loops, drained] = this.#pools;
    // At once, so that nothing is started any more.
    const ended = Promise.all([loops?.[Symbol.asyncDispose](), this.#tasks[Symbol.asyncDispose]()]);
    await this.#listening?.[Symbol.asyncDispose]();
    await ended;
    await drained?.[Symbol.asyncDispose]();
  }

  #pool(size: number): TaskPool {
    const { graceMs, failures } = this.#options;
    return new TaskPool({ size, graceMs, onFailure: (task, error) => failures.failed(task, error) });
  }

  #loop(name: string, { untilDrained: _, ...step }: WorkerStep): WorkLoop {
    const { pollMs, random = Math.random, failures } = this.#options;
    return new WorkLoop({
      pollMs,
      random,
      onFailure: (error) => failures.failed(name, error),
      onRecovery: () => failures.recovered(name),
      ...step,
    });
  }
}
