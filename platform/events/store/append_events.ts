import type { Querier, QueryOptions } from "@archway/db/db.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { EventMetadata, StreamAppend } from "./event.ts";
import { EventStoreError } from "./event_store_error.ts";

/** Unique constraint that two writers of the same version violate. */
const VERSION_CONSTRAINT = "events_stream_version_key";

/** SQLSTATE of a null in a column that must have a value. */
const NOT_NULL_VIOLATION = "23502";

// The materialized CTE assigns the transaction id before any position. Otherwise a transaction with a greater id could
// commit with a greater position first, and readers would skip the smaller one (see read_events.ts). A stream that is not
// at the expected version gets a version of null, so that the statement fails and COMMIT may be sent with it.
const APPEND = `with writer as materialized (
    select pg_current_xact_id() as id
  ), new as (
    select * from unnest($1::text[], $2::int8[], $3::int8[], $4::text[], $5::int4[], $6::jsonb[])
      with ordinality as row (stream, expected, version, type, schema_version, data, number)
  ), appended as (
    insert into events (transaction_id, stream, version, type, schema_version, data, metadata, recorded_at)
    select writer.id, stream,
      case when expected = coalesce((select max(version) from events where events.stream = new.stream), 0)
        then version end,
      type, schema_version, data, $7::jsonb, $8::timestamptz
    from writer cross join new
    order by number
    returning position, stream
  ), queued as (
    insert into outbox (position, stream, enqueued_at) select position, stream, $8::timestamptz from appended
  )
  select position, pg_notify('archway_outbox', '') from appended order by position`;

/** Options of appending events; `last` if nothing follows in the transaction. */
export interface AppendOptions extends QueryOptions {
  readonly metadata: EventMetadata;
  readonly recordedAt: Timestamp;
}

/**
 * Appends events to their streams and the outbox, in one statement. Notifies `archway_outbox` when the transaction
 * commits. Returns the positions, in the order of the events.
 *
 * @throws {EventStoreError} "version-conflict" if a stream is not at the expected version: the transaction has to be
 *   rolled back.
 */
export async function appendEvents(
  tx: Querier,
  appends: readonly StreamAppend[],
  { metadata, recordedAt, ...options }: AppendOptions,
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
    ], options)
  );
  return written.map(({ position }) => position);
}

async function conflicts<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw error instanceof DatabaseError && isOfVersion(error) ? conflict(error) : error;
  }
}

function isOfVersion({ constraint, sqlState, logFields: { table, column } }: DatabaseError): boolean {
  if (constraint === VERSION_CONSTRAINT) return true;
  return sqlState === NOT_NULL_VIOLATION && table === "events" && column === "version";
}

function conflict(cause: unknown): EventStoreError {
  const message = "Cannot append to a stream: it is not at the expected version";
  return new EventStoreError("version-conflict", message, { cause });
}
