import type { StepOutcome } from "@archway/queue/work_loop.ts";
import type { Logger } from "@archway/server/logger.ts";
import type { ClaimedJob, Settlement } from "../queue/job.ts";
import type { JobQueue } from "../queue/job_queue.ts";
import type { JobObserver } from "./job_observer.ts";
import type { JobRun } from "./job_run.ts";

/** Options of a job settler. */
export interface JobSettlerOptions {
  readonly queue: JobQueue;
  readonly observer: JobObserver;
  readonly logger: Logger;
  /** Wakes the loop that calls `step`. */
  readonly onEnded: () => void;
  /** Called when jobs were recorded; `isLimited` if others of a kind with a limit can be claimed now. */
  readonly onRecorded: (isLimited: boolean) => void;
}

interface EndedRun {
  readonly run: JobRun;
  readonly settlement: Settlement;
}

/** Statements by which ended runs are recorded. */
type Record = (ended: readonly EndedRun[]) => Promise<readonly ClaimedJob[]>;

/** Records ended runs: all that have ended since the last time, in a statement for each outcome. */
export class JobSettler {
  readonly #options: JobSettlerOptions;
  readonly #records: ReadonlyMap<Settlement["outcome"], Record>;
  #ended: EndedRun[] = [];
  /** Those that are being recorded. */
  #recording: readonly EndedRun[] = [];

  constructor(options: JobSettlerOptions) {
    this.#options = options;
    const { queue } = options;
    const jobsOf = (ended: readonly EndedRun[]): readonly ClaimedJob[] => ended.map(({ run }) => run.job);
    const fail: Record = (ended) =>
      queue.fail(ended.map(({ run: { job }, settlement }) => ({ job, settlement })));
    this.#records = new Map<Settlement["outcome"], Record>([
      ["done", (ended) => queue.complete(jobsOf(ended))],
      ["cancelled", (ended) => queue.remove(jobsOf(ended))],
      ["retried", fail],
      ["dead", fail],
      ["released", (ended) => queue.release(jobsOf(ended))],
    ]);
  }

  /** Number of ended runs that are not recorded. */
  get size(): number {
    return this.#ended.length + this.#recording.length;
  }

  /** Returns the ended runs that are not recorded, whose leases are still needed. */
  runs(): readonly JobRun[] {
    return [...this.#recording, ...this.#ended].map(({ run }) => run);
  }

  /** Adds the end of a run. */
  add(run: JobRun, settlement: Settlement): void {
    if (this.#ended.push({ run, settlement }) === 1) this.#options.onEnded();
  }

  /** Records all runs that have ended. */
  async step(): Promise<StepOutcome> {
    const ended = this.#ended;
    if (ended.length === 0) return "idle";
    this.#ended = [];
    this.#recording = ended;
    for (const [outcome, record] of this.#records) {
      const part = ended.filter(({ settlement }) => settlement.outcome === outcome);
      if (part.length === 0) continue;
      try {
        this.#report(part, new Set(await record(part)));
      } catch (error) {
        // Those that were not recorded are repeated.
        this.#ended = [...this.#recording, ...this.#ended];
        this.#recording = [];
        throw error;
      }
      this.#recording = this.#recording.filter(({ settlement }) => settlement.outcome !== outcome);
    }
    this.#options.onRecorded(ended.some(({ run: { handler } }) => handler.job.concurrency !== undefined));
    return this.#ended.length > 0 ? "more" : "idle";
  }

  #report(ended: readonly EndedRun[], lost: ReadonlySet<ClaimedJob>): void {
    const { observer, logger } = this.#options;
    for (const { run: { job }, settlement: { outcome, error = "" } } of ended) {
      const isLost = lost.has(job);
      observer.settled(job.kind, isLost ? "lost" : outcome);
      const properties = { job: job.id, kind: job.kind };
      if (isLost) {
        logger.warn("Lost the lease of job {job} of kind {kind}, which runs again", properties);
      } else if (outcome === "dead") {
        logger.warn("Giving up job {job} of kind {kind}: {error}", { ...properties, error });
      } else if (outcome === "cancelled") logger.info("Cancelled job {job} of kind {kind}", properties);
    }
  }
}
