import { v7 as newId } from "uuid";
import type { Querier, QueryOptions } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import {
  InvalidPayloadError,
  type JobDefinition,
  type JobPriority,
  parsePayload,
} from "@archway/service_kit/job.ts";

/** Options of enqueueing a job; `last` if nothing follows in the transaction. */
export interface EnqueueOptions extends Pick<QueryOptions, "last"> {
  /** Time from which it runs. @default at once */
  readonly runAt?: Timestamp;
  /** @default the definition's */
  readonly priority?: JobPriority;
  /** Key of which only one job of the kind waits or runs. @default any number of jobs */
  readonly uniqueKey?: string;
  /**
   * Effect if a job with the key waits or runs: "keep" leaves it as it is. "replace" gives a waiting job the new payload,
   * time and priority; a running one runs once more with them after it has succeeded.
   *
   * @default {"keep"}
   */
  readonly onDuplicate?: "keep" | "replace";
  /** `traceparent` of the request that causes it, to which its spans are linked. @default none */
  readonly traceparent?: string | undefined;
}

/** A job to be enqueued with others of its kind. */
export interface EnqueueEntry<Input> extends Omit<EnqueueOptions, "onDuplicate" | "last"> {
  readonly payload: Input;
}

const PRIORITIES: Readonly<Record<JobPriority, number>> = { high: 0, normal: 1, low: 2 };

// Jobs without a time are due a second ago, so that a worker whose clock is behind that of the database finds them at
// once. One entry per key remains, as a statement cannot change a row twice. The order of the keys prevents deadlocks.
const NEW = `new as (
    select distinct on (coalesce(unique_key, id::text)) *
    from unnest($2::uuid[], $3::smallint[], $4::json[], $5::text[], $6::text[], $7::timestamptz[])
      with ordinality as e (id, priority, payload, unique_key, traceparent, run_at, place)
    order by coalesce(unique_key, id::text), place desc
  ), added as (
    insert into jobs (id, kind, priority, payload, unique_key, traceparent, created_at, due_at, scheduled_at)
    select id, $1, priority, payload, unique_key, traceparent, statement_timestamp(),
      coalesce(run_at, statement_timestamp() - interval '1 second'), statement_timestamp()
    from new order by unique_key nulls first, place`;

const CONFLICT = "on conflict (kind, unique_key) where dead_at is null and unique_key is not null";

const NOTIFY = `), notified as materialized (
    select pg_notify('archway_jobs', '') where exists (select from added where due_at <= statement_timestamp())
  )
  select id, unique_key as "uniqueKey" from added left join notified on true`;

const KEEP = `with ${NEW} ${CONFLICT} do nothing returning id, unique_key, due_at ${NOTIFY}`;

// A running job keeps its lease, whose expiry is its due_at.
const REPLACE = `with ${NEW} ${CONFLICT} do update set
    payload = excluded.payload, priority = excluded.priority, traceparent = excluded.traceparent,
    scheduled_at = case when jobs.lease is null then excluded.scheduled_at else jobs.scheduled_at end,
    due_at = case when jobs.lease is null then excluded.due_at else jobs.due_at end,
    attempts = case when jobs.lease is null then 0 else jobs.attempts end,
    rerun_at = case when jobs.lease is null then null else excluded.due_at end,
    cancel_requested_at = null
  returning id, unique_key, due_at ${NOTIFY}`;

/**
 * Enqueues a job in the transaction of the write that causes it: it runs if that is committed. Workers are notified.
 * Returns its id, or undefined if a job with its unique key was kept.
 *
 * @throws {InvalidPayloadError} if the payload does not match the schema of the job.
 */
export async function enqueue<Input>(
  tx: Querier,
  job: JobDefinition<Input>,
  payload: NoInfer<Input>,
  { onDuplicate, last, ...options }: EnqueueOptions = {},
): Promise<string | undefined> {
  const [id] = await enqueueMany(tx, job, [{ ...options, payload }], {
    ...(onDuplicate !== undefined && { onDuplicate }),
    ...(last !== undefined && { last }),
  });
  return id;
}

/**
 * Enqueues jobs of a kind in one statement; see {@link enqueue}. Of entries with the same unique key the last one counts.
 * Returns their ids in the same order.
 *
 * @throws {InvalidPayloadError} if a payload does not match the schema of the job; then none is enqueued.
 */
export async function enqueueMany<Input>(
  tx: Querier,
  job: JobDefinition<Input>,
  entries: readonly EnqueueEntry<NoInfer<Input>>[],
  { onDuplicate = "keep", last = false }: Pick<EnqueueOptions, "onDuplicate" | "last"> = {},
): Promise<readonly (string | undefined)[]> {
  if (entries.length === 0) return [];
  const payloads = await Promise.all(entries.map(({ payload }) => toJson(job, payload)));
  const ids = entries.map(() => newId());
  const { rows } = await tx.query<{ readonly id: string; readonly uniqueKey: string | null }>(
    onDuplicate === "keep" ? KEEP : REPLACE,
    [
      ...[job.kind, ids],
      entries.map(({ priority = job.priority ?? "normal" }) => PRIORITIES[priority]),
      payloads,
      entries.map(({ uniqueKey }) => uniqueKey ?? null),
      entries.map(({ traceparent }) => traceparent ?? null),
      entries.map(({ runAt }) => runAt ?? null),
    ],
    { last },
  );
  const added = new Set(rows.map(({ id }) => id));
  const byKey = new Map(rows.flatMap(({ id, uniqueKey }) => uniqueKey === null ? [] : [[uniqueKey, id]]));
  return entries.map(({ uniqueKey }, index) => {
    if (uniqueKey !== undefined) return byKey.get(uniqueKey);
    const id = ids[index];
    return id !== undefined && added.has(id) ? id : undefined;
  });
}

/** Returns the JSON of a payload that is valid after it was read from the database. */
async function toJson(job: JobDefinition, payload: unknown): Promise<string> {
  let json: string | undefined;
  try {
    json = JSON.stringify(payload);
  } catch (cause) {
    throw new InvalidPayloadError(`Invalid payload of job ${job.kind}: it has no JSON`, { cause });
  }
  if (json === undefined) throw new InvalidPayloadError(`Invalid payload of job ${job.kind}: it has no JSON`);
  await parsePayload(job, JSON.parse(json));
  return json;
}
