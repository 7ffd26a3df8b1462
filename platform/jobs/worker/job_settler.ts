import { isTransientError } from "@archway/queue/worker_failures.ts";
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

/** Stored instead of an error that the database refuses. */
const REFUSED: Settlement = {
  outcome: "dead",
  error: "Error: the database refused the record of the failed attempt",
};

/**
 * Records ended runs: all that have ended since the last time, in a statement for each outcome. If the database refuses
 * a statement, its runs are recorded one by one, so that none keeps others from being recorded.
 */
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
        await this.#record(part, record);
      } catch (error) {
        // Those that were not recorded are repeated.
        this.#ended = [...this.#recording, ...this.#ended];
        this.#recording = [];
        throw error;
      }
    }
    this.#recording = [];
    this.#options.onRecorded(ended.some(({ run: { handler } }) => handler.job.concurrency !== undefined));
    return this.#ended.length > 0 ? "more" : "idle";
  }

  async #record(part: readonly EndedRun[], record: Record): Promise<void> {
    let lost: readonly ClaimedJob[];
    try {
      lost = await record(part);
    } catch (error) {
      if (isTransientError(error)) throw error;
      for (const ended of part) await this.#recordSingly(ended, record);
      return;
    }
    this.#recorded(part, new Set(lost));
  }

  /** Records a run of a refused statement; as a dead letter if it is a failure that the database refuses too. */
  async #recordSingly(ended: EndedRun, record: Record): Promise<void> {
    try {
      let lost: readonly ClaimedJob[];
      let recorded = ended;
      try {
        lost = await record([ended]);
      } catch (error) {
        if (isTransientError(error) || ended.settlement.error === undefined) throw error;
        recorded = { run: ended.run, settlement: REFUSED };
        lost = await record([recorded]);
      }
      this.#recorded([recorded], new Set(lost));
    } catch (error) {
      // The next step begins with the others.
      this.#recording = [...this.#recording.filter(({ run }) => run !== ended.run), ended];
      throw error;
    }
  }

  #recorded(part: readonly EndedRun[], lost: ReadonlySet<ClaimedJob>): void {
    this.#report(part, lost);
    const runs = new Set(part.map(({ run }) => run));
    this.#recording = this.#recording.filter(({ run }) => !runs.has(run));
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
