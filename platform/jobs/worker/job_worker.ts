import { v7 as newId } from "uuid";
import type { ConnectionPool } from "@archway/db/db.ts";
import { pause } from "@archway/queue/pause.ts";
import { Worker, type WorkerContext, type WorkerStep } from "@archway/queue/worker.ts";
import { WorkerFailures } from "@archway/queue/worker_failures.ts";
import type { Logger } from "@archway/server/logger.ts";
import type { JobHandler } from "@archway/service_kit/job.ts";
import type { JobsConfig } from "../jobs_config.ts";
import { JobQueue } from "../queue/job_queue.ts";
import type { JobObserver } from "./job_observer.ts";
import { JobRunner } from "./job_runner.ts";
import { JobSettler } from "./job_settler.ts";

/** Options of a job worker. */
export interface JobWorkerOptions {
  readonly pool: ConnectionPool;
  readonly config: Omit<JobsConfig, "inline">;
  readonly handlers: readonly JobHandler[];
  readonly logger: Logger;
  readonly observer: JobObserver;
  /** Grace period for running jobs on disposal, in milliseconds. */
  readonly graceMs: number;
  /** Further loops, by name. @default none */
  readonly steps?: ReadonlyMap<string, WorkerStep>;
  /** Returns the current time, in milliseconds since 1970. @default Date.now */
  readonly nowMs?: () => number;
  /** Returns a number from 0 to 1, for the jitter of pauses. @default Math.random */
  readonly random?: () => number;
}

/** Channel that is notified when jobs are enqueued or to be cancelled. */
const CHANNEL = "archway_jobs";

const SWEEP_MS = 60_000;

/** Interval of checking the timeouts of running jobs, in milliseconds. */
const DEADLINES_MS = 100;

/** Delay in which notifications are gathered before cancellations are queried, in milliseconds. */
const LINGER_MS = 50;

/** Time limit for recording the last ends, in milliseconds; leases of others expire. */
const FLUSH_MS = 2_000;

/** Interval of renewing leases, as a part of their duration. */
const RENEWALS = 3;

/**
 * Runs jobs of the kinds that it has handlers for. Any number of processes can run one concurrently. Disposing waits for
 * running jobs, up to the grace period, and releases everything else.
 */
export class JobWorker implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #parts: { runner?: JobRunner; settler?: JobSettler } = {};
  readonly #failures: WorkerFailures;

  constructor(options: JobWorkerOptions) {
    const { pool: database, config, logger, observer, graceMs, random } = options;
    const failures = new WorkerFailures({ logger, onFailure: (task) => observer.taskFailed(task) });
    this.#failures = failures;
    this.#worker = new Worker({
      ...{ database, logger, failures, graceMs, ...(random && { random }) },
      concurrency: config.concurrency,
      pollMs: config.pollMs,
      notifications: { channel: CHANNEL, wakes: ["jobs", "cancellations"] },
      things: "jobs",
      steps: (context) => this.#steps(options, context),
    });
  }

  /** Starts the loops. The tables have to exist. */
  start(): void {
    this.#worker.start();
  }

  /** Wakes all loops. */
  wake(): void {
    this.#worker.wake();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { runner, settler } = this.#parts;
    const ended = this.#worker[Symbol.asyncDispose]();
    // Others can run them while those that run here end.
    runner?.releaseBuffered();
    await ended;
    // Those of a claim that was in progress.
    runner?.releaseBuffered();
    await pause(FLUSH_MS, { until: this.#flush(settler) });
  }

  async #flush(settler: JobSettler | undefined): Promise<void> {
    try {
      await settler?.step();
    } catch (error) {
      this.#failures.failed("settle", error);
    }
  }

  #steps(options: JobWorkerOptions, { tasks, wake }: WorkerContext): ReadonlyMap<string, WorkerStep> {
    const { pool: database, config, handlers, logger, observer, steps = [] } = options;
    const { nowMs = Date.now, random = Math.random } = options;
    const { concurrency, leaseMs, retentionMs } = config;
    const queue = new JobQueue({ database, nowMs, newId, leaseMs });
    const settler = new JobSettler({
      ...{ queue, observer, logger },
      onEnded: () => wake("settle"),
      onRecorded: (isLimited) => {
        this.#parts.runner?.feed();
        if (isLimited) wake("jobs");
      },
    });
    const runner = new JobRunner({
      ...{ queue, settler, handlers, tasks, concurrency, leaseMs, observer, random },
    });
    Object.assign(this.#parts, { runner, settler });
    const sweep: WorkerStep["step"] = async () =>
      await queue.purge(retentionMs) || await queue.rescheduleSkewed() ? "more" : "idle";
    return new Map<string, WorkerStep>([
      ["jobs", { step: (context) => runner.claim(context) }],
      ["settle", { step: () => settler.step(), untilDrained: true }],
      ["renew", { step: () => runner.renew(), pollMs: leaseMs / RENEWALS, untilDrained: true }],
      ["deadlines", { step: () => runner.checkDeadlines(), pollMs: DEADLINES_MS, untilDrained: true }],
      [
        "cancellations",
        { step: () => runner.checkCancellations(), lingerMs: LINGER_MS, untilDrained: true },
      ],
      ["sweeper", { step: sweep, pollMs: SWEEP_MS }],
      ...steps,
    ]);
  }
}
