import type { Querier } from "@archway/db/db.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { EventMetadata, StreamAppend } from "./event.ts";
import { EventStoreError } from "./event_store_error.ts";

/** The constraint that keeps two writers of one version apart. */
const VERSION_CONSTRAINT = "events_stream_version_key";

// The transaction gets its id before any position is handed out: it is read first, and from a CTE that is not folded
// into the rest. A position of a transaction without an id would be below those of others that have ended, and a reader
// would be past it before it is there (see read_events.ts).
const APPEND = `with writer as materialized (
    select pg_current_xact_id() as id
  ), new as (
    select * from unnest($1::text[], $2::int8[], $3::int8[], $4::text[], $5::int4[], $6::jsonb[])
      with ordinality as row (stream, expected, version, type, schema_version, data, number)
  ), appended as (
    insert into events (transaction_id, stream, version, type, schema_version, data, metadata, recorded_at)
    select writer.id, stream, version, type, schema_version, data, $7::jsonb, $8::timestamptz
    from writer cross join new
    where expected = coalesce((select max(version) from events where events.stream = new.stream), 0)
    order by number
    returning position, stream
  ), queued as (
    insert into outbox (position, stream, enqueued_at) select position, stream, $8::timestamptz from appended
  )
  select position, pg_notify('archway_outbox', '') from appended order by position`;

/** How events are written. */
export interface AppendOptions {
  readonly metadata: EventMetadata;
  readonly recordedAt: Timestamp;
}

/**
 * Writes events behind those of their streams, and what tells of them to the outbox, in one statement. Those who listen
 * on `archway_outbox` are told when the transaction commits. Gives the positions, in the order of the events.
 *
 * @throws {EventStoreError} "version-conflict" when a stream has another version: nothing of the transaction can be kept.
 */
export async function appendEvents(
  tx: Querier,
  appends: readonly StreamAppend[],
  { metadata, recordedAt }: AppendOptions,
): Promise<readonly bigint[]> {
  const rows = appends.flatMap(({ stream, expectedVersion, events }) =>
    events.map((event, index) => ({
      ...event,
      stream,
      expectedVersion,
      version: expectedVersion + BigInt(index) + 1n,
    }))
  );
  const { rows: written } = await conflicts(() =>
    tx.query<{ position: bigint }>(APPEND, [
      rows.map(({ stream }) => stream),
      rows.map(({ expectedVersion }) => expectedVersion),
      rows.map(({ version }) => version),
      rows.map(({ type }) => type),
      rows.map(({ schemaVersion }) => schemaVersion),
      rows.map(({ data }) => JSON.stringify(data)),
      JSON.stringify(metadata),
      recordedAt,
    ])
  );
  if (written.length < rows.length) throw conflict();
  return written.map(({ position }) => position);
}

async function conflicts<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof DatabaseError && error.constraint === VERSION_CONSTRAINT) throw conflict(error);
    throw error;
  }
}

function conflict(cause?: unknown): EventStoreError {
  const message = "Appending to a stream: it has another version than was expected";
  return new EventStoreError("version-conflict", message, cause === undefined ? {} : { cause });
}
