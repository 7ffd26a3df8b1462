import type { TaskContext, TaskPool } from "@archway/queue/task_pool.ts";
import type { StepOutcome } from "@archway/queue/work_loop.ts";
import { pause } from "@archway/queue/pause.ts";
import type { WorkObservation } from "@archway/service_kit/observed_work.ts";
import type { JobHandler } from "@archway/service_kit/job.ts";
import type { ClaimedKind } from "../queue/claim_jobs.ts";
import type { Settlement } from "../queue/job.ts";
import type { JobQueue } from "../queue/job_queue.ts";
import { BufferSize } from "./buffer_size.ts";
import type { JobObserver } from "./job_observer.ts";
import { JobRun } from "./job_run.ts";
import type { JobSettler } from "./job_settler.ts";
import { RETRIES, settlementOf } from "./settlement_of.ts";

/** Options of a job runner. */
export interface JobRunnerOptions {
  readonly queue: JobQueue;
  readonly settler: JobSettler;
  readonly handlers: readonly JobHandler[];
  /** Runs the jobs. */
  readonly tasks: TaskPool;
  /** Maximum number of concurrent jobs: the size of `tasks`. */
  readonly concurrency: number;
  /** Duration of a lease, in milliseconds. */
  readonly leaseMs: number;
  readonly observer: JobObserver;
  /** Returns a number from 0 to 1. */
  readonly random: () => number;
}

/** Delay until the next claim if another worker was claiming jobs of the same kinds, in milliseconds. */
const CONTENTION_MS = 20;

/** Grace period of a handler whose signal has aborted, in milliseconds. */
const ABANDON_MS = 5_000;

/** Number of ended jobs that are not recorded, from which no more are claimed: the database is slow. */
const MAX_UNRECORDED = 2_000;

/** Minimum duration of a run before it is worth a query whether it was cancelled, in milliseconds. */
const CANCELLABLE_MS = 50;

/**
 * Claims jobs in batches and runs them concurrently. Jobs that wait in the buffer are leased like running ones, and
 * released when the worker stops.
 */
export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #handlers: ReadonlyMap<string, JobHandler>;
  readonly #size = new BufferSize();
  #buffer: JobRun[] = [];
  readonly #running = new Set<JobRun>();
  /** Resolves the wait for room. */
  #hungry: (() => void) | undefined;

  constructor(options: JobRunnerOptions) {
    this.#options = options;
    this.#handlers = new Map(options.handlers.map((handler) => [handler.job.kind, handler]));
  }

  /** Claims jobs as soon as there is room for a batch, and starts them. */
  async claim({ stopping }: TaskContext): Promise<StepOutcome> {
    const { queue, leaseMs } = this.#options;
    await this.#untilHungry(stopping);
    if (stopping.aborted || this.#handlers.size === 0) return "idle";
    const begunAt = performance.now();
    const expiresAt = begunAt + leaseMs;
    const { jobs, isContended } = await queue.claim(this.#kinds(), this.#room);
    this.#size.claimed(performance.now() - begunAt);
    for (const job of jobs) {
      const handler = this.#handlers.get(job.kind);
      if (handler !== undefined) this.#buffer.push(new JobRun(job, handler, expiresAt));
    }
    this.#startRunning();
    if (jobs.length === 0 && isContended) await pause(CONTENTION_MS, { signal: stopping });
    return jobs.length === 0 && !isContended ? "idle" : "more";
  }

  /** Renews all leases, and aborts the runs of those that were lost. */
  async renew(): Promise<StepOutcome> {
    const { queue, settler, leaseMs } = this.#options;
    const runs = [...this.#buffer, ...this.#running, ...settler.runs()];
    if (runs.length === 0) return "idle";
    const expiresAt = performance.now() + leaseMs;
    const lost = new Set(await queue.renew(runs.map(({ job }) => job)));
    for (const run of runs) {
      if (lost.has(run.job.id)) run.abort("lost");
      else run.expiresAt = expiresAt;
    }
    return "idle";
  }

  /** Aborts runs whose time is over. */
  checkDeadlines(): Promise<StepOutcome> {
    const now = performance.now();
    for (const run of this.#running) run.checkDeadlines(now, ABANDON_MS);
    return Promise.resolve("idle");
  }

  /** Aborts runs whose cancellation was requested. */
  async checkCancellations(): Promise<StepOutcome> {
    const before = performance.now() - CANCELLABLE_MS;
    const runs = [...this.#running].filter(({ begunAt = Infinity }) => begunAt <= before);
    if (runs.length === 0) return "idle";
    const cancelled = new Set(await this.#options.queue.cancelled(runs.map(({ job }) => job.id)));
    for (const run of runs) if (cancelled.has(run.job.id)) run.abort("cancelled");
    return "idle";
  }

  /** Releases the jobs that wait in the buffer. Called when the loops have ended. */
  releaseBuffered(): void {
    for (const run of this.#buffer) this.#options.settler.add(run, { outcome: "released" });
    this.#buffer = [];
  }

  /** Continues to claim jobs if there is room for a batch. */
  feed(): void {
    if (this.#hungry === undefined || !this.#isHungry) return;
    this.#hungry();
    this.#hungry = undefined;
  }

  /** Number of jobs that can be claimed. */
  get #room(): number {
    const { concurrency, settler } = this.#options;
    if (settler.size > MAX_UNRECORDED) return 0;
    return concurrency + this.#size.target - this.#running.size - this.#buffer.length;
  }

  /** Whether it is time for a claim: before the buffer is empty, but not for each job. */
  get #isHungry(): boolean {
    const room = this.#room;
    if (room < 1) return false;
    return this.#buffer.length === 0 || room >= (this.#options.concurrency + this.#size.target) / 2;
  }

  async #untilHungry(stopping: AbortSignal): Promise<void> {
    while (!this.#isHungry && !stopping.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#hungry = resolve;
      const stop = (): void => resolve();
      stopping.addEventListener("abort", stop, { once: true });
      await promise;
      stopping.removeEventListener("abort", stop);
    }
    this.#size.measure();
  }

  #kinds(): readonly ClaimedKind[] {
    const held = new Map<string, number>();
    for (const { job: { kind } } of [...this.#buffer, ...this.#running]) {
      held.set(kind, (held.get(kind) ?? 0) + 1);
    }
    return [...this.#handlers.values()].map(({ job: { kind, concurrency } }) => ({
      ...{ kind, concurrency },
      held: held.get(kind) ?? 0,
    }));
  }

  #startRunning(): void {
    const { tasks } = this.#options;
    for (let count = Math.min(tasks.free, this.#buffer.length); count > 0; count--) {
      tasks.start("job", (context) => this.#runBuffered(context));
    }
  }

  /** Runs jobs of the buffer, one after the other, until it is empty. */
  async #runBuffered({ stopping, signal }: TaskContext): Promise<void> {
    let run: JobRun | undefined;
    // One listener for all of them, since adding and removing one takes as long as a short job.
    const stop = (): void => run?.abort("stopping");
    signal.addEventListener("abort", stop, { once: true });
    try {
      while (!stopping.aborted) {
        run = this.#buffer.shift();
        if (run === undefined) return;
        await this.#run(run);
      }
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  async #run(run: JobRun): Promise<void> {
    const { settler } = this.#options;
    const refused = this.#refuse(run);
    if (refused !== undefined) return settler.add(run, refused);
    this.#running.add(run);
    try {
      settler.add(run, await this.#observe(run));
    } finally {
      this.#running.delete(run);
      this.#size.count();
      this.feed();
    }
  }

  /** Returns what becomes of a job that must not run. */
  #refuse({ job, handler, expiresAt, abortCause }: JobRun): Settlement | undefined {
    if (job.isCancelled) return { outcome: "cancelled" };
    // Its lease may have been lost while it waited in the buffer.
    if (abortCause !== undefined || performance.now() >= expiresAt) return { outcome: "released" };
    if (job.attempts <= (handler.job.retries ?? RETRIES)) return undefined;
    const error =
      `LeaseExpiredError: The worker ended during each of the last attempts, ${job.attempts} in all`;
    return { outcome: "dead", error };
  }

  async #observe(run: JobRun): Promise<Settlement> {
    const { id, kind, attempts, traceparent } = run.job;
    const causes = traceparent === undefined ? [] : [traceparent];
    const attributes = { "archway.job.id": id, "archway.job.attempt": attempts + 1 };
    return await this.#options.observer.work({ kind, causes, attributes }, async (observation) => {
      const settlement = await this.#attempt(run, observation);
      const { outcome } = settlement;
      observation.ended({ outcome, failed: outcome === "retried" || outcome === "dead" });
      return settlement;
    });
  }

  async #attempt(run: JobRun, observation: WorkObservation): Promise<Settlement> {
    try {
      await run.run(observation.traceparent ?? run.job.traceparent);
      return { outcome: "done" };
    } catch (error) {
      const { abortCause, handler: { job }, job: { attempts } } = run;
      if (abortCause === "cancelled") return { outcome: "cancelled" };
      if (abortCause === "stopping" || abortCause === "lost") return { outcome: "released" };
      const failure = abortCause === "timeout"
        ? new DOMException(`The job has exceeded its timeout of ${run.timeoutMs} ms`, "TimeoutError")
        : error;
      return settlementOf(failure, { job, attempts, random: this.#options.random() });
    }
  }
}
