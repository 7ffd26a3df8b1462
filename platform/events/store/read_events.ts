import type { EventData } from "@archway/service_kit/event_catalog.ts";
import type { Querier, QueryOptions } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { EventMetadata, StoredEvent } from "./event.ts";

const COLUMNS = "position, stream, version, type, schema_version, data, metadata, recorded_at";

const READ_STREAM =
  `select ${COLUMNS} from events where stream = $1 and version > $2 order by version limit $3`;

// Positions are handed out before their transactions commit, so a greater one can be there before a smaller one is. Read
// is what no transaction that still runs can come before: all that began earlier have ended.
const IN_CATEGORIES = "($3::text[] is null or split_part(stream, '-', 1) = any ($3))";

const READ_ALL = `select ${COLUMNS} from events
  where position > $1 and transaction_id < pg_snapshot_xmin(pg_current_snapshot()) and ${IN_CATEGORIES}
  order by position limit $2`;

const READ_VISIBLE =
  `select ${COLUMNS} from events where position > $1 and ${IN_CATEGORIES} order by position limit $2`;

const COUNT =
  "select count(*) as count from events where $1::text[] is null or split_part(stream, '-', 1) = any ($1)";

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

/** Which events are read. */
export interface ReadEventsOptions extends QueryOptions {
  /** Those behind this version, or position; 0: from the first one on. */
  readonly after: bigint;
  /** How many at most. */
  readonly limit: number;
}

/** Events of all streams, or of those in some categories. */
export interface ReadAllOptions extends ReadEventsOptions {
  /** Categories of streams: what stands before the first "-" of their names. @default all */
  readonly categories?: readonly string[] | undefined;
}

/** The events of a stream, in the form they were written in. */
export async function readStreamEvents(
  db: Querier,
  stream: string,
  { after, limit, ...options }: ReadEventsOptions,
): Promise<readonly StoredEvent[]> {
  const { rows } = await db.query<EventRow>(READ_STREAM, [stream, after, limit], options);
  return rows.map(eventOf);
}

/**
 * The events of all streams in their order, in the form they were written in. Whoever goes on behind the last one that
 * was given meets every event exactly once, also those whose transactions commit late: what lies behind a transaction
 * that still runs is not given yet.
 */
export async function readAllEvents(
  db: Querier,
  { after, limit, categories, ...options }: ReadAllOptions,
): Promise<readonly StoredEvent[]> {
  const { rows } = await db.query<EventRow>(READ_ALL, [after, limit, categories ?? null], options);
  return rows.map(eventOf);
}

/**
 * The events of all streams that a transaction sees, in their order. They are what its own snapshot consists of; whoever
 * goes on behind the last one in another transaction would miss those that commit late.
 */
export async function readVisibleEvents(
  tx: Querier,
  { after, limit, categories, ...options }: ReadAllOptions,
): Promise<readonly StoredEvent[]> {
  const { rows } = await tx.query<EventRow>(READ_VISIBLE, [after, limit, categories ?? null], options);
  return rows.map(eventOf);
}

/** Returns the number of events in all streams, or in those of some categories. */
export async function countEvents(db: Querier, categories: readonly string[] | null): Promise<bigint> {
  return (await db.query<{ count: bigint }>(COUNT, [categories])).rows[0]?.count ?? 0n;
}

function eventOf({ schema_version, recorded_at, ...row }: EventRow): StoredEvent {
  return { ...row, schemaVersion: schema_version, recordedAt: recorded_at };
}
