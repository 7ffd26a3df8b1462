import type { Querier, QueryParameter } from "@archway/db/db.ts";

/** State of a stored job: one that waits for its time or a worker, one that a worker runs, or a dead letter. */
export type JobState = "waiting" | "running" | "dead";

/** A job as it is stored. */
export interface StoredJob {
  readonly id: string;
  readonly kind: string;
  readonly state: JobState;
  readonly priority: "high" | "normal" | "low";
  readonly uniqueKey: string | null;
  /** Attempts that have failed, or whose lease has expired. */
  readonly failedAttempts: number;
  readonly createdAt: string;
  /** Time from which it can run; of a running job, the expiry of its lease. */
  readonly dueAt: string;
  /** Name and message of the last failure. */
  readonly lastError: string | null;
  readonly deadAt: string | null;
  readonly cancelRequestedAt: string | null;
}

/** Selection of jobs. */
export interface JobFilter {
  readonly state?: JobState | undefined;
  readonly kind?: string | undefined;
  /** Id after which they begin. @default the first one */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Ids of jobs that were cancelled. */
export interface CancelledJobs {
  /** Jobs that did not run, which are deleted. */
  readonly removed: readonly string[];
  /** Running jobs, whose signal aborts. */
  readonly requested: readonly string[];
}

/** State by the current time, `$1`: the job of a worker whose lease has expired waits for another one. */
const STATE = `case when dead_at is not null then 'dead' when lease is not null and due_at > $1 then 'running'
  else 'waiting' end`;

// The ids begin with the time of their creation.
const LIST = `select id, kind, ${STATE} as state, (array['high', 'normal', 'low'])[priority + 1] as priority,
    unique_key as "uniqueKey", attempts as "failedAttempts", created_at as "createdAt", due_at as "dueAt", last_error as "lastError",
    dead_at as "deadAt", cancel_requested_at as "cancelRequestedAt"
  from jobs
  where ($2::text is null or ${STATE} = $2) and ($3::text is null or kind = $3) and ($4::uuid is null or id > $4)
  order by id limit $5`;

// Of dead letters with the same unique key the newest one can run, unless another job with the key waits or runs.
const RETRY = `with chosen as (
    select distinct on (kind, coalesce(unique_key, id::text)) id from jobs as d
    where id = any ($2::uuid[]) and ${STATE} <> 'running' and not exists (
      select from jobs as o
      where o.kind = d.kind and o.unique_key = d.unique_key and o.dead_at is null and o.id <> d.id
    )
    order by kind, coalesce(unique_key, id::text), id desc
  ), retried as (
    update jobs as j set dead_at = null, lease = null, attempts = 0, rerun_at = null, cancel_requested_at = null,
      due_at = statement_timestamp() - interval '1 second', scheduled_at = statement_timestamp()
    from chosen as c where j.id = c.id
    returning j.id
  ), notified as materialized (
    select pg_notify('archway_jobs', '') where exists (select from retried)
  )
  select id from retried left join notified on true`;

const CANCEL = `with removed as (
    delete from jobs where id = any ($2::uuid[]) and ${STATE} <> 'running' returning id
  ), requested as (
    update jobs set cancel_requested_at = coalesce(cancel_requested_at, statement_timestamp())
    where id = any ($2::uuid[]) and ${STATE} = 'running' returning id
  ), notified as materialized (
    select pg_notify('archway_jobs', '') where exists (select from requested)
  )
  select id, false as requested from removed
  union all
  select id, true from requested left join notified on true`;

/** Returns stored jobs, oldest first. */
export async function listJobs(
  db: Querier,
  { state, kind, after, limit }: JobFilter,
): Promise<readonly StoredJob[]> {
  const filter: QueryParameter[] = [state ?? null, kind ?? null, after ?? null, limit];
  return (await db.query<StoredJob>(LIST, [now(), ...filter])).rows;
}

/** Makes dead letters and waiting jobs due with all their attempts. Returns the ids of those that can run. */
export async function retryJobs(db: Querier, ids: readonly string[]): Promise<readonly string[]> {
  return (await db.query<{ readonly id: string }>(RETRY, [now(), ids])).rows.map(({ id }) => id);
}

/** Deletes jobs that do not run, and asks the workers of running ones to abort them. */
export async function cancelJobs(db: Querier, ids: readonly string[]): Promise<CancelledJobs> {
  const { rows } = await db.query<{ readonly id: string; readonly requested: boolean }>(CANCEL, [now(), ids]);
  const those = (requested: boolean): readonly string[] =>
    rows.filter((row) => row.requested === requested).map(({ id }) => id);
  return { removed: those(false), requested: those(true) };
}

function now(): string {
  return new Date().toISOString();
}
