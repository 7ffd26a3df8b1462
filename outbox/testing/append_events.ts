import type { TxManager } from "../../db/db.ts";
import type { JsonObject } from "../outgoing_event.ts";

/** An event as a test wants it. */
export interface TestEvent {
  readonly stream: string;
  /** @default {"payment.settled"} */
  readonly type?: string;
  /** @default {{}} */
  readonly data?: JsonObject;
  /** @default {{}} */
  readonly metadata?: JsonObject;
}

const APPEND = `with given as (
    select row_number() over () as place, * from unnest($1::text[], $2::text[], $3::text[], $4::text[])
      as g (stream, type, data, metadata)
  ), written as (
    insert into events (stream, version, type, data, metadata, recorded_at)
    select stream,
      coalesce((select max(version) from events as e where e.stream = g.stream), 0)
        + row_number() over (partition by stream order by place),
      type, data::jsonb, metadata::jsonb, now()
    from given as g order by place
    returning position, stream
  ), waiting as (
    insert into outbox (position, stream, enqueued_at) select position, stream, now() from written
    returning position
  )
  select position from waiting order by position`;

/** Appends events and puts them into the outbox, as who writes events does, and gives their positions. */
export async function appendEvents(
  database: TxManager,
  events: readonly TestEvent[],
): Promise<readonly bigint[]> {
  return await database.withTx(async (tx) => {
    const { rows } = await tx.query<{ position: bigint }>(APPEND, [
      events.map(({ stream }) => stream),
      events.map(({ type = "payment.settled" }) => type),
      events.map(({ data = {} }) => JSON.stringify(data)),
      events.map(({ metadata = {} }) => JSON.stringify(metadata)),
    ]);
    await tx.query("select pg_notify('archway_outbox', '')");
    return rows.map(({ position }) => position);
  });
}
