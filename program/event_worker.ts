import type { Broker } from "../broker/broker.ts";
import type { WorkerConfig } from "../config/worker_config.ts";
import type { ConnectionPool } from "../db/db.ts";
import type { ToWire } from "../outbox/message.ts";
import type { QueueLoads, QueueReading } from "../outbox/queue_loads.ts";
import type { Logger } from "../server/logger.ts";
import type { SealRing } from "../signing/seal_ring.ts";
import type { AttemptOptions } from "../webhooks/attempt_delivery.ts";
import { JobPool } from "../worker/job_pool.ts";
import { WorkLoop } from "../worker/work_loop.ts";
import type { WorkObserver } from "../worker/work_observer.ts";
import { WorkerFailures } from "./worker_failures.ts";
import { queueLoads, type WorkerStep, workerSteps } from "./worker_steps.ts";

/** What sends events out. */
export interface EventWorkerOptions {
  readonly pool: ConnectionPool;
  readonly config: WorkerConfig;
  /** What opens the secrets that sign. */
  readonly secrets: SealRing;
  /** Undefined: events are published nowhere. It is the worker's, who ends it. */
  readonly broker: Broker | undefined;
  readonly logger: Logger;
  readonly observer: WorkObserver;
  /** How long what is under way may take to end, in milliseconds. */
  readonly graceMs: number;
  /** How events are told to outsiders. @default as they are kept */
  readonly toWire?: ToWire;
  /** The time now, in milliseconds since 1970. @default Date.now */
  readonly nowMs?: () => number;
  /** From 0 to 1: where in its bounds a pause lies. @default Math.random */
  readonly random?: () => number;
  /** How webhooks are reached, for tests. */
  readonly reach?: Pick<AttemptOptions, "resolve" | "ca">;
}

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
    const steps = workerSteps(options, { jobs: this.#jobs, loads: this.#loads, wake });
    this.#loops = new Map([...steps].map(([name, step]) => [name, this.#loop(name, step)]));
  }

  /** How much waits, as it was asked last. */
  readings(): readonly QueueReading[] {
    return this.#loads.readings();
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
