import type { EventData } from "@archway/service_kit/event_catalog.ts";
import type { Querier, QueryOptions } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { EventMetadata, StoredEvent } from "./event.ts";

const COLUMNS = "position, stream, version, type, schema_version, data, metadata, recorded_at";

const READ_STREAM =
  `select ${COLUMNS} from events where stream = $1 and version > $2 order by version limit $3`;

const READ_STREAMS = `select ${COLUMNS} from events where stream = any ($1) and (stream, version) > ($2, $3)
  order by stream, version limit $4`;

const IN_CATEGORIES = "($3::text[] is null or split_part(stream, '-', 1) = any ($3))";

const READ_ALL = `select ${COLUMNS} from events
  where position > $1 and position <= $4 and ${IN_CATEGORIES}
    and ($5::text[] is null or type = any ($5))
  order by position limit $2`;

const READ_VISIBLE =
  `select ${COLUMNS} from events where position > $1 and ${IN_CATEGORIES} order by position limit $2`;

const COUNT =
  "select count(*) as count from events where $1::text[] is null or split_part(stream, '-', 1) = any ($1)";

const LAST_OTHER = `select coalesce(max(version), 0) as version from events
  where stream = $1 and data->>$2 <> coalesce($3::text, '')`;

interface EventRow {
  readonly position: bigint;
  readonly stream: string;
  readonly version: bigint;
  readonly type: string;
  readonly schema_version: number;
  readonly data: EventData;
  readonly metadata: EventMetadata;
  readonly recorded_at: Timestamp;
}

/** Options of reading events. */
export interface ReadEventsOptions extends QueryOptions {
  /** Version, or position, after which to read; 0 to read from the first event. */
  readonly after: bigint;
  /** Maximum number of events. */
  readonly limit: number;
}

/** Options of reading visible events of all streams. */
export interface ReadVisibleOptions extends ReadEventsOptions {
  /** Categories of streams: the part of a name before the first "-". @default all */
  readonly categories?: readonly string[] | undefined;
}

/** Options of reading events of all streams. */
export interface ReadAllOptions extends ReadVisibleOptions {
  /** Settled position up to which to read. */
  readonly until: bigint;
  /** @default all */
  readonly types?: readonly string[] | undefined;
}

/** Reads events of a stream, in the schema version in which they were stored. */
export async function readStreamEvents(
  db: Querier,
  stream: string,
  { after, limit, ...options }: ReadEventsOptions,
): Promise<readonly StoredEvent[]> {
  const { rows } = await db.query<EventRow>(READ_STREAM, [stream, after, limit], options);
  return rows.map(eventOf);
}

/** Reads all events of streams in pages, in the schema version in which they were stored. */
export async function* readStreamsEvents(
  db: Querier,
  streams: readonly string[],
  { limit }: { readonly limit: number },
): AsyncIterable<readonly StoredEvent[]> {
  for (let after: readonly [string, bigint] = ["", 0n];;) {
    const { rows } = await db.query<EventRow>(READ_STREAMS, [streams, ...after, limit]);
    if (rows.length > 0) yield rows.map(eventOf);
    const last = rows.at(-1);
    if (last === undefined || rows.length < limit) return;
    after = [last.stream, last.version];
  }
}

/** Returns the version of a stream's last event; 0 for a stream without events. */
export async function readStreamVersion(db: Querier, stream: string): Promise<bigint> {
  const { rows: [row] } = await db.query<{ version: bigint }>(
    "select coalesce(max(version), 0) as version from events where stream = $1",
    [stream],
  );
  return row?.version ?? 0n;
}

/** Returns the version of the last event of a stream whose data has another value than a given one, and not null; or 0. */
export async function readLastOther(
  db: Querier,
  stream: string,
  { member, value, ...options }: QueryOptions & { readonly member: string; readonly value: string | null },
): Promise<bigint> {
  const { rows: [row] } = await db.query<{ version: bigint }>(LAST_OTHER, [stream, member, value], options);
  return row?.version ?? 0n;
}

/**
 * Returns the streams with an event of some types whose data has a value. Reads all events, unless the service has an index
 * for it: `((data->>'<member>')) where type in (<types>)`, which the statement repeats, as a planner needs constants.
 */
export async function findStreams(
  db: Querier,
  { types, member, value }: {
    readonly types: readonly string[];
    readonly member: string;
    readonly value: string;
  },
): Promise<readonly string[]> {
  const { rows } = await db.query<{ stream: string }>(
    `select distinct stream from events where type in (${types.map(quoted).join(", ")})
      and data->>${quoted(member)} = $1 order by stream`,
    [value],
  );
  return rows.map(({ stream }) => stream);
}

/**
 * Reads events of all streams by position, in the schema version in which they were stored. A reader that continues
 * after the last event returned gets every event exactly once, if `until` was returned by `settledPosition()`: a greater
 * position can be visible before a smaller one, whose transaction is still running.
 */
export async function readAllEvents(
  db: Querier,
  { after, until, limit, categories, types, ...options }: ReadAllOptions,
): Promise<readonly StoredEvent[]> {
  const parameters = [after, limit, categories ?? null, until, types ?? null];
  const { rows } = await db.query<EventRow>(READ_ALL, parameters, options);
  return rows.map(eventOf);
}

/**
 * Reads events of all streams that are visible to a transaction, by position. A reader that continues in another
 * transaction would miss events that commit late.
 */
export async function readVisibleEvents(
  tx: Querier,
  { after, limit, categories, ...options }: ReadVisibleOptions,
): Promise<readonly StoredEvent[]> {
  const { rows } = await tx.query<EventRow>(READ_VISIBLE, [after, limit, categories ?? null], options);
  return rows.map(eventOf);
}

/** Returns the number of events in all streams, or in those of some categories. */
export async function countEvents(db: Querier, categories: readonly string[] | null): Promise<bigint> {
  return (await db.query<{ count: bigint }>(COUNT, [categories])).rows[0]?.count ?? 0n;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function eventOf({ schema_version, recorded_at, ...row }: EventRow): StoredEvent {
  return { ...row, schemaVersion: schema_version, recordedAt: recorded_at };
}
