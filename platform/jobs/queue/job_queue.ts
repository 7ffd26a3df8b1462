import type { ConnectionManager, TxManager } from "@archway/db/db.ts";
import { LeaseQueue, type LeaseQueueOptions, type LeaseTable } from "@archway/queue/lease_queue.ts";
import { rescheduleSkewed } from "@archway/queue/reschedule_skewed.ts";
import { type ClaimedKind, claimingJobs, type ClaimJobs } from "./claim_jobs.ts";
import type { ClaimedJob, SettledJob } from "./job.ts";

/** Options of a job queue. */
export interface JobQueueOptions extends LeaseQueueOptions {
  readonly database: ConnectionManager & TxManager;
}

/** Result of a claim. */
export interface JobClaim {
  readonly jobs: readonly ClaimedJob[];
  /** Whether another worker was claiming jobs of a kind with a limit, which were skipped. */
  readonly isContended: boolean;
}

const JOBS: LeaseTable = { name: "jobs", key: [["id", "uuid"]] };

const LOCK_KINDS = `select kind from unnest($1::text[]) as k (kind)
  where pg_try_advisory_xact_lock(hashtextextended('archway job ' || kind, 0))`;

const CANCELLED = `select id from jobs where id = any ($1::uuid[]) and cancel_requested_at is not null`;

/** Maximum number of rows of a statement that cleans up. */
const BATCH = 1_000;

const PURGE = `delete from jobs where id in (
    select id from jobs where dead_at < $1::timestamptz order by dead_at limit ${BATCH}
  )`;

// A job that was replaced during its run is due again with what replaced it, whatever became of the run.
const DUE_AGAIN = "coalesce(t.rerun_at, h.due_at)";
const UNLESS_REPLACED = (value: string, otherwise: string): string =>
  `case when t.rerun_at is null then ${value} else ${otherwise} end`;

// Times of jobs that were delayed when they were enqueued are not relative to the clock of that moment.
const RELATIVE = "dead_at is null and (lease is not null or attempts > 0 or due_at <= scheduled_at)";

/** Stores jobs that are waiting, running or dead. Jobs of kinds that no worker knows stay as they are. */
export class JobQueue {
  readonly #options: JobQueueOptions;
  readonly #claim: ClaimJobs;
  readonly #renew: ReturnType<LeaseQueue["renewing"]>;
  readonly #remove: ReturnType<LeaseQueue["removing"]>;
  readonly #removeCancelled: ReturnType<LeaseQueue["removing"]>;
  readonly #rerun: ReturnType<LeaseQueue["releasing"]>;
  readonly #fail: ReturnType<LeaseQueue["releasing"]>;
  readonly #release: ReturnType<LeaseQueue["releasing"]>;

  constructor(options: JobQueueOptions) {
    this.#options = options;
    const leases = new LeaseQueue(JOBS, options);
    this.#claim = claimingJobs(leases);
    this.#renew = leases.renewing();
    this.#remove = leases.removing({ where: "t.rerun_at is null" });
    this.#removeCancelled = leases.removing();
    const reset = "rerun_at = null, cancel_requested_at = null";
    this.#rerun = leases.releasing({ due: DUE_AGAIN, set: `attempts = 0, last_error = null, ${reset}` });
    this.#fail = leases.releasing({
      columns: [["last_error", "text"], ["dead", "boolean"]],
      due: DUE_AGAIN,
      set: `last_error = h.last_error, ${reset},
        attempts = ${UNLESS_REPLACED("t.attempts + 1", "0")},
        dead_at = ${UNLESS_REPLACED("case when h.dead then h.due_at end", "null")}`,
    });
    this.#release = leases.releasing();
  }

  /** Leases due jobs of the kinds: up to the limit, apart from rounding of each kind's share. */
  async claim(kinds: readonly ClaimedKind[], limit: number): Promise<JobClaim> {
    const { database } = this.#options;
    const limited = kinds.flatMap(({ kind, concurrency }) => concurrency === undefined ? [] : [kind]);
    if (limited.length === 0) {
      return { jobs: await this.#claim(database.writer(), kinds, limit), isContended: false };
    }
    // Leases of a kind are counted in a statement after the lock, so that those of the last claim are visible.
    return await database.withTx(async (tx) => {
      const { rows } = await tx.query<{ readonly kind: string }>(LOCK_KINDS, [limited]);
      const locked = new Set(rows.map(({ kind }) => kind));
      const claimable = kinds.filter(({ kind, concurrency }) =>
        concurrency === undefined || locked.has(kind)
      );
      return {
        jobs: await this.#claim(tx, claimable, limit),
        isContended: locked.size < limited.length,
      };
    });
  }

  /** Renews leases. Returns the ids of the jobs whose lease was lost. */
  async renew(jobs: readonly ClaimedJob[]): Promise<readonly string[]> {
    const held = await this.#renew(this.#options.database.writer(), jobs.map(leaseOf));
    return jobs.flatMap(({ id }, index) => held.has(index) ? [] : [id]);
  }

  /** Returns which of the jobs are to be cancelled. */
  async cancelled(ids: readonly string[]): Promise<readonly string[]> {
    const { rows } = await this.#options.database.writer().query<{ id: string }>(CANCELLED, [ids]);
    return rows.map(({ id }) => id);
  }

  /** Records successes: deletes the jobs, apart from replaced ones. Returns those whose lease was lost. */
  async complete(jobs: readonly ClaimedJob[]): Promise<readonly ClaimedJob[]> {
    const db = this.#options.database.writer();
    const removed = await this.#remove(db, jobs.map(leaseOf));
    const left = jobs.filter((_, index) => !removed.has(index));
    if (left.length === 0) return [];
    const again = await this.#rerun(db, left.map((job) => ({ ...leaseOf(job), delayMs: 0 })));
    return left.filter((_, index) => !again.has(index));
  }

  /** Deletes cancelled jobs. Returns those whose lease was lost. */
  async remove(jobs: readonly ClaimedJob[]): Promise<readonly ClaimedJob[]> {
    const removed = await this.#removeCancelled(this.#options.database.writer(), jobs.map(leaseOf));
    return jobs.filter((_, index) => !removed.has(index));
  }

  /** Records failed attempts. Returns the jobs whose lease was lost. */
  async fail(settled: readonly SettledJob[]): Promise<readonly ClaimedJob[]> {
    const changes = settled.map(({ job, settlement: { outcome, delayMs = 0, error } }) => ({
      ...leaseOf(job),
      delayMs,
      values: [error ?? null, outcome === "dead"],
    }));
    const recorded = await this.#fail(this.#options.database.writer(), changes);
    return settled.flatMap(({ job }, index) => recorded.has(index) ? [] : [job]);
  }

  /** Ends leases without an attempt: the jobs are due at once. Returns those whose lease was lost. */
  async release(jobs: readonly ClaimedJob[]): Promise<readonly ClaimedJob[]> {
    const changes = jobs.map((job) => ({ ...leaseOf(job), delayMs: 0 }));
    const released = await this.#release(this.#options.database.writer(), changes);
    return jobs.filter((_, index) => !released.has(index));
  }

  /** Deletes dead letters from before the retention period, in a batch. Returns whether there may be more. */
  async purge(retentionMs: number): Promise<boolean> {
    const { database, nowMs } = this.#options;
    const before = new Date(nowMs() - retentionMs).toISOString();
    return (await database.writer().query(PURGE, [before])).rowCount === BATCH;
  }

  /** Makes jobs due that were scheduled by a clock that has been set back since. Returns whether there may be more. */
  async rescheduleSkewed(): Promise<boolean> {
    const { database, nowMs } = this.#options;
    const options = { nowMs: nowMs(), limit: BATCH, where: RELATIVE };
    return await rescheduleSkewed(database.writer(), JOBS, options) === BATCH;
  }
}

function leaseOf({ id, token }: ClaimedJob): { readonly key: readonly string[]; readonly token: string } {
  return { key: [id], token };
}
