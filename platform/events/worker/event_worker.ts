import type { QueueLoads, QueueReading } from "../outbox/queue_loads.ts";
import { JobPool } from "./job_pool.ts";
import { WorkLoop } from "./work_loop.ts";
import type { EventWorkerOptions } from "./event_worker_options.ts";
import { WorkerFailures } from "./worker_failures.ts";
import { queueLoads, type WorkerStep, workerSteps } from "./worker_steps.ts";

/** Channel that is notified when events are added to the outbox. */
const CHANNEL = "archway_outbox";

/** Number of jobs that run as long as the worker, in addition to deliveries. */
const LOOPS = 5;

/**
 * Publishes events from the outbox to webhooks and the broker. Any number of processes can run one concurrently.
 * Disposing waits for running attempts, up to the grace period, and releases everything else.
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

  /** Returns the loads of the queues, as they were read last. */
  readings(): readonly QueueReading[] {
    return this.#loads.readings();
  }

  /** Wakes all loops, for work that no notification announces. */
  wake(): void {
    for (const loop of this.#loops.values()) loop.wake();
  }

  /** Starts the loops. The tables have to exist. */
  start(): void {
    const { pool, logger } = this.#options;
    for (const [name, loop] of this.#loops) this.#jobs.start(name, (context) => loop.run(context));
    this.#listening = pool.listen(CHANNEL, {
      onNotify: () => this.#loops.get("relay")?.wake(),
      onState: (state) => {
        if (state === "impossible") {
          logger.info("Polling for events: the connection pooler does not pass notifications");
        }
      },
    });
  }

  /** Wakes the webhook loop, for a delivery that is due. */
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
