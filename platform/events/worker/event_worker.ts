import type { QueueLoads, QueueReading } from "../outbox/queue_loads.ts";
import { JobPool } from "./job_pool.ts";
import { WorkLoop } from "./work_loop.ts";
import type { EventWorkerOptions } from "./event_worker_options.ts";
import { WorkerFailures } from "./worker_failures.ts";
import { queueLoads, type WorkerStep, workerSteps } from "./worker_steps.ts";

/** Sent to whenever events were put into the outbox. */
const CHANNEL = "archway_outbox";

/** Loops that run as long as the worker does, beside the webhooks that are told: each has its place in the pool. */
const LOOPS = 5;

/**
 * Sends events out: from the outbox to webhooks and the broker. Any number of processes do it at the same time. Disposing
 * lets what is under way come to its end, and gives the rest back.
 */
export class EventWorker implements AsyncDisposable {
  readonly #options: EventWorkerOptions;
  readonly #jobs: JobPool;
  readonly #failures: WorkerFailures;
  readonly #loads: QueueLoads;
  readonly #loops: ReadonlyMap<string, WorkLoop>;
  #listening: AsyncDisposable | undefined;

  constructor(options: EventWorkerOptions) {
    const { config, logger, observer, graceMs } = options;
    this.#options = options;
    this.#failures = new WorkerFailures(logger, observer);
    this.#jobs = new JobPool({
      size: config.concurrency + LOOPS,
      graceMs,
      onFailure: (job, error) => this.#failures.failed(job, error),
    });
    this.#loads = queueLoads(options);
    const wake = (loop: string): void => this.#loops.get(loop)?.wake();
    const steps = workerSteps(options, {
      ...{ jobs: this.#jobs, loads: this.#loads, wake },
      unpublishable: (loop, unpublishable) => this.#failures.unpublishable(loop, unpublishable),
    });
    this.#loops = new Map([...steps].map(([name, step]) => [name, this.#loop(name, step)]));
  }

  /** How much waits, as it was asked last. */
  readings(): readonly QueueReading[] {
    return this.#loads.readings();
  }

  /** There may be something to do, of which nobody else tells: a delivery that was asked for again, say. */
  wake(): void {
    for (const loop of this.#loops.values()) loop.wake();
  }

  /** Begins, once the tables are there. */
  start(): void {
    const { pool, logger } = this.#options;
    for (const [name, loop] of this.#loops) this.#jobs.start(name, (context) => loop.run(context));
    this.#listening = pool.listen(CHANNEL, {
      onNotify: () => this.#loops.get("relay")?.wake(),
      onState: (state) => {
        if (state === "impossible") {
          logger.info("Looking for events now and then: the pooler passes no notifications");
        }
      },
    });
  }

  /** Tells that a webhook is to be told something at once. */
  deliveryDue(): void {
    this.#loops.get("webhooks")?.wake();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listening?.[Symbol.asyncDispose]();
    await this.#jobs[Symbol.asyncDispose]();
    await this.#options.broker?.[Symbol.asyncDispose]();
  }

  #loop(name: string, step: WorkerStep): WorkLoop {
    return new WorkLoop({
      pollMs: this.#options.config.pollMs,
      random: this.#options.random ?? Math.random,
      onFailure: (error) => this.#failures.failed(name, error),
      onRecovery: () => this.#failures.recovered(name),
      ...step,
    });
  }
}
