import type { ConnectionPool } from "@archway/db/db.ts";
import type { Logger } from "@archway/server/logger.ts";
import type { JobHandler } from "@archway/service_kit/job.ts";
import type { JobsConfig } from "../jobs_config.ts";
import type { JobOutcome } from "../queue/job.ts";
import { UNOBSERVED } from "../worker/job_observer.ts";
import { JobWorker, type JobWorkerOptions } from "../worker/job_worker.ts";
import { openJobDatabase } from "./job_databases.ts";
import type { TestPayload } from "./test_job.ts";

/** Options of a worker in a test. */
export interface TestWorkerOptions
  extends Partial<Omit<JobWorkerOptions, "config" | "handlers">>, Partial<JobsConfig> {}

/** A stored job. */
export interface JobRow {
  readonly id: string;
  readonly kind: string;
  readonly payload: TestPayload;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly is_dead: boolean;
  readonly is_leased: boolean;
}

/** Test harness of job workers: a database with the tables of jobs, and workers. */
export class JobHarness implements AsyncDisposable {
  /** Logged lines, of which the placeholders are not replaced. */
  readonly lines: string[] = [];
  /** Kinds and outcomes of ended attempts. */
  readonly settled: (readonly [kind: string, outcome: JobOutcome])[] = [];
  readonly #stack = new AsyncDisposableStack();

  constructor(readonly pool: ConnectionPool) {}

  /** Opens a harness with a database of its own. @param name @default "PostgreSQL" */
  static async open(name?: string): Promise<JobHarness> {
    const database = await openJobDatabase(name);
    const harness = new JobHarness(database.pool);
    harness.#stack.use(database);
    return harness;
  }

  /** Starts a worker, which is disposed of with the harness or before. */
  startWorker(handlers: readonly JobHandler[], options: TestWorkerOptions = {}): JobWorker {
    const { concurrency = 8, pollMs = 20, leaseMs = 30_000, retentionMs = 3_600_000, ...rest } = options;
    const worker = new JobWorker({
      pool: this.pool,
      handlers,
      observer: { ...UNOBSERVED, settled: (kind, outcome) => void this.settled.push([kind, outcome]) },
      graceMs: 10_000,
      // The longest delays: a retry does not happen unless the test makes it due.
      random: () => 1,
      logger: this.#logger(),
      ...rest,
      config: { concurrency, pollMs, leaseMs, retentionMs },
    });
    worker.start();
    return this.#stack.use(worker);
  }

  /** Returns all stored jobs, oldest first. */
  async jobs(): Promise<readonly JobRow[]> {
    const { rows } = await this.pool.writer().query<JobRow>(
      `select id, kind, payload, attempts, last_error, dead_at is not null as is_dead, lease is not null as is_leased
        from jobs order by id`,
    );
    return rows;
  }

  /** Makes all waiting jobs due. */
  async makeDue(): Promise<void> {
    await this.pool.writer().query(
      "update jobs set due_at = now() - interval '1 second' where dead_at is null and lease is null",
    );
  }

  /** Resolves when a condition on the stored jobs holds. */
  async until(condition: (jobs: readonly JobRow[]) => boolean): Promise<readonly JobRow[]> {
    for (;;) {
      const jobs = await this.jobs();
      if (condition(jobs)) return jobs;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Resolves when no job waits or runs. */
  async untilSettled(): Promise<readonly JobRow[]> {
    return await this.until((jobs) => jobs.every(({ is_dead }) => is_dead));
  }

  /** Resolves when a worker has reported a number of ended attempts, which it does after it has recorded them. */
  async untilReported(attempts: number): Promise<readonly (readonly [kind: string, outcome: JobOutcome])[]> {
    while (this.settled.length < attempts) await new Promise((resolve) => setTimeout(resolve, 10));
    return this.settled;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  #logger(): Logger {
    const at = (level: string): Logger["info"] => (message) => void this.lines.push(`${level} ${message}`);
    return { info: at("info"), warn: at("warn"), error: at("error") };
  }
}
