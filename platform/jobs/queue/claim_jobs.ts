import type { Querier } from "@archway/db/db.ts";
import type { LeaseQueue } from "@archway/queue/lease_queue.ts";
import type { ClaimedJob } from "./job.ts";

/** A kind of job that a claim considers. */
export interface ClaimedKind {
  readonly kind: string;
  /** Jobs of the kind that this worker has. */
  readonly held: number;
  /** Maximum number of running jobs in all processes; undefined if unlimited. */
  readonly concurrency: number | undefined;
}

/** Claims due jobs of kinds. */
export type ClaimJobs = (
  db: Querier,
  kinds: readonly ClaimedKind[],
  limit: number,
) => Promise<readonly ClaimedJob[]>;

// Takes the highest priority of which jobs are due, and shares the places evenly among its kinds, counting those that
// they hold already: however many jobs of one kind are waiting, others get their turn. The orders and the condition on
// an array have the planner use the indexes whatever it estimates, so that the number of waiting jobs has no influence.
// Leases of a kind with a limit are counted where they expire, within the greatest JOBS_LEASE from now.
const HELD = `kinds as materialized (
    select k.kind, k.held, case when k.maximum is null then $7 else k.maximum - (
      select count(*)::int from jobs as r
      where r.kind = k.kind and r.dead_at is null and r.lease is not null and r.priority between 0 and 2
        and r.due_at > $1 and r.due_at <= $1::timestamptz + interval '1 hour'
    ) end as room
    from unnest($4::text[], $5::int[], $6::int[]) as k (kind, held, maximum)
  ), ready as materialized (
    select k.kind, k.held, k.room, p.priority
    from kinds as k cross join (values (0::smallint), (1::smallint), (2::smallint)) as p (priority)
    cross join lateral (
      select 1 from jobs as j
      where j.kind = k.kind and j.priority = p.priority and j.dead_at is null and j.due_at <= $1
      order by j.due_at limit 1
    ) as first
    where k.room > 0
  ), shares as materialized (
    select kind, priority, least(room, ceil(($7 + sum(held) over ())::float8 / count(*) over ())::int - held) as places
    from ready where priority = (select min(priority) from ready)
  ), held as materialized (
    select j.id
    from shares as s cross join lateral (
      select id from jobs
      where kind = s.kind and priority = s.priority and dead_at is null and due_at <= $1
      order by due_at limit greatest(s.places, 0)
      for update skip locked
    ) as j
  )`;

/** Returns the claim of a queue. Attempts whose lease has expired are counted. */
export function claimingJobs(leases: LeaseQueue): ClaimJobs {
  const claim = leases.claiming<{
    readonly id: string;
    readonly kind: string;
    readonly payload: unknown;
    readonly traceparent: string | null;
    readonly enqueuedAt: string;
    readonly attempts: number;
    readonly isCancelled: boolean;
  }>({
    held: HELD,
    where: "t.id = any (array(select id from held))",
    set: "attempts = t.attempts + case when t.lease is null then 0 else 1 end",
    returning: `t.id, t.kind, t.payload, t.traceparent, t.created_at as "enqueuedAt", t.attempts,
      t.cancel_requested_at is not null as "isCancelled"`,
  });
  return async (db, kinds, limit) => {
    const { rows, token } = await claim(db, [
      kinds.map(({ kind }) => kind),
      kinds.map(({ held }) => held),
      kinds.map(({ concurrency }) => concurrency ?? null),
      limit,
    ]);
    return rows.map((row) => ({ ...row, token, traceparent: row.traceparent ?? undefined }));
  };
}
