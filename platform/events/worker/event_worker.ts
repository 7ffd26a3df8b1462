import type { QueueLoads, QueueReading } from "@archway/queue/queue_loads.ts";
import { Worker } from "@archway/queue/worker.ts";
import { WorkerFailures } from "@archway/queue/worker_failures.ts";
import { BrokerError } from "../broker/broker.ts";
import { BlockedEvents } from "./blocked_events.ts";
import type { EventWorkerOptions } from "./event_worker_options.ts";
import { queueLoads, workerSteps } from "./worker_steps.ts";

/** Channel that is notified when events are added to the outbox. */
const CHANNEL = "archway_outbox";

/**
 * Publishes events from the outbox to webhooks and the broker. Any number of processes can run one concurrently.
 * Disposing waits for running attempts, up to the grace period, and releases everything else.
 */
export class EventWorker implements AsyncDisposable {
  readonly #options: EventWorkerOptions;
  readonly #loads: QueueLoads;
  readonly #worker: Worker;

  constructor(options: EventWorkerOptions) {
    const { pool: database, config, logger, observer, graceMs, random } = options;
    this.#options = options;
    this.#loads = queueLoads(options);
    const blocked = new BlockedEvents(logger, observer);
    this.#worker = new Worker({
      ...{ database, logger, graceMs, ...(random && { random }) },
      failures: new WorkerFailures({
        logger,
        onFailure: (job) => observer.jobFailed(job),
        isTransient: (error) => error instanceof BrokerError,
      }),
      concurrency: config.concurrency,
      pollMs: config.pollMs,
      notifications: { channel: CHANNEL, wakes: ["relay"] },
      things: "events",
      steps: (context) =>
        workerSteps(options, {
          ...context,
          loads: this.#loads,
          unpublishable: (loop, unpublishable) => blocked.blocked(loop, unpublishable),
        }),
    });
  }

  /** Returns the loads of the queues, as they were read last. */
  readings(): readonly QueueReading[] {
    return this.#loads.readings();
  }

  /** Wakes all loops, for work that no notification announces. */
  wake(): void {
    this.#worker.wake();
  }

  /** Starts the loops. The tables have to exist. */
  start(): void {
    this.#worker.start();
  }

  /** Wakes the webhook loop, for a delivery that is due. */
  deliveryDue(): void {
    this.#worker.wake("webhooks");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker[Symbol.asyncDispose]();
    await this.#options.broker?.[Symbol.asyncDispose]();
  }
}
