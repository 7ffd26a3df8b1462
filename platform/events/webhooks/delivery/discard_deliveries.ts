import type { TxManager } from "@archway/db/db.ts";

/** Result of discarding a batch. */
export interface Discarded {
  /** Number of deliveries that were declared dead. */
  readonly count: number;
  /** Whether there may be more. */
  readonly hasMore: boolean;
}

const MAX_KEYS = 100;
const MAX_DELIVERIES = 1_000;

// Deliveries in flight are left to their workers.
const HOLD_KEYS = `select l.endpoint_id, l.stream
  from webhook_lanes as l join webhook_endpoints as w on w.id = l.endpoint_id
  where w.disabled_at is not null and (l.lease is null or l.due_at <= $1::timestamptz)
  limit ${MAX_KEYS} for update of l skip locked`;

const DISCARD = `update webhook_deliveries
  set state = 'dead', last_error = 'disabled', retry_requested = false, settled_at = $1::timestamptz
  where id in (
    select d.id
    from unnest($2::uuid[], $3::text[]) as h (endpoint_id, stream)
    join webhook_deliveries as d on d.endpoint_id = h.endpoint_id and d.stream = h.stream and d.state = 'pending'
    join webhook_endpoints as w on w.id = d.endpoint_id and w.disabled_at is not null
    limit ${MAX_DELIVERIES}
  )`;

const REMOVE_KEYS = `delete from webhook_lanes as l
  using unnest($1::uuid[], $2::text[]) as h (endpoint_id, stream)
  where l.endpoint_id = h.endpoint_id and l.stream = h.stream and not exists (
    select from webhook_deliveries as d
    where d.endpoint_id = l.endpoint_id and d.stream = l.stream and d.state = 'pending'
  )`;

/** Declares pending deliveries of disabled endpoints dead, in a batch, as there may be any number of them. */
export async function discardDeliveries(database: TxManager, now: string): Promise<Discarded> {
  return await database.withTx(async (tx) => {
    const { rows } = await tx.query<{ readonly endpoint_id: string; readonly stream: string }>(HOLD_KEYS, [
      now,
    ]);
    if (rows.length === 0) return { count: 0, hasMore: false };
    // Later statements, which see what was committed before the keys were locked.
    const keys = [rows.map(({ endpoint_id }) => endpoint_id), rows.map(({ stream }) => stream)];
    const { rowCount: count } = await tx.query(DISCARD, [now, ...keys]);
    await tx.query(REMOVE_KEYS, keys);
    return { count, hasMore: rows.length === MAX_KEYS || count === MAX_DELIVERIES };
  }, { repeatable: true });
}
