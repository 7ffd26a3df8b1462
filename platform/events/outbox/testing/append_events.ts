import type { JsonObject, JsonValue } from "@archway/service_kit/event_catalog.ts";
import type { TxManager } from "@archway/db/db.ts";
import { sampleData } from "../../testing/test_catalog.ts";

/** An event of a test. */
export interface TestEvent {
  readonly stream: string;
  /** @default {"order.placed"} */
  readonly type?: string;
  /** @default {1} */
  readonly schemaVersion?: number;
  /** Changes to the sample data of the type; a member that is undefined is removed. @default {{}} */
  readonly data?: Readonly<Record<string, JsonValue | undefined>>;
  /** @default {{}} */
  readonly metadata?: JsonObject;
}

const APPEND = `with input as (
    select row_number() over () as place, * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int4[])
      as g (stream, type, data, metadata, schema_version)
  ), written as (
    insert into events (stream, version, type, schema_version, data, metadata, recorded_at)
    select stream,
      coalesce((select max(version) from events as e where e.stream = g.stream), 0)
        + row_number() over (partition by stream order by place),
      type, schema_version, data::jsonb, metadata::jsonb, now()
    from input as g order by place
    returning position, stream
  ), waiting as (
    insert into outbox (position, stream, enqueued_at) select position, stream, now() from written
    returning position
  )
  select position from waiting order by position`;

/** Appends events to their streams and the outbox, as the event store does, and returns their positions. */
export async function appendEvents(
  database: TxManager,
  events: readonly TestEvent[],
): Promise<readonly bigint[]> {
  return await database.withTx(async (tx) => {
    const { rows } = await tx.query<{ position: bigint }>(APPEND, [
      events.map(({ stream }) => stream),
      events.map(({ type = "order.placed" }) => type),
      events.map(({ type = "order.placed", data }) => JSON.stringify({ ...sampleData(type), ...data })),
      events.map(({ metadata = {} }) => JSON.stringify(metadata)),
      events.map(({ schemaVersion = 1 }) => schemaVersion),
    ]);
    await tx.query("select pg_notify('archway_outbox', '')");
    return rows.map(({ position }) => position);
  });
}
