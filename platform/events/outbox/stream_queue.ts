import type { Querier, Transaction } from "@archway/db/db.ts";
import type { QueueLoad } from "@archway/queue/queue_loads.ts";
import { EVENT_COLUMNS, eventOfRow, type EventRow, type OutgoingEvent } from "./outgoing_event.ts";

/** An event taken from a queue. */
export interface TakenEvent extends OutgoingEvent {
  /** Time at which it was enqueued. */
  readonly enqueuedAt: string;
}

/** Streams that are not taken. */
export interface SkippedStreams {
  readonly streams: readonly string[];
  /** Position of the first event of a stream up to which it is skipped; 0 skips none. */
  readonly upTo: bigint;
}

/** Number of rows scanned for free streams, for each event that may be taken. */
const FRONT_PER_EVENT = 4;

/**
 * Table of queued events that workers share, so that no two workers have events of one stream. A worker locks the row of
 * a stream's first event until the end of its transaction and takes the following ones with it. Other workers skip
 * locked rows, and only take a stream from its first row.
 */
export class StreamQueue {
  readonly #take: string;
  readonly #remove: string;
  readonly #load: string;

  /** @param table Has the columns `position`, `stream` and `enqueued_at`, and an index on (stream, position). */
  constructor(table: "outbox" | "broker_messages") {
    // Scans a bounded number of the oldest rows, so that a stream of a hundred thousand events does not slow it down.
    this.#take = `with front as materialized (
        select position, stream from ${table} where position > $4 and stream <> all ($3::text[]) order by position limit $1
      ), heads as materialized (
        select o.stream from ${table} as o
        where o.position in (
          select f.position from front as f
          where not exists (select from ${table} as b where b.stream = f.stream and b.position < f.position)
        )
        order by o.position limit $2
        for update skip locked
      )
      select ${EVENT_COLUMNS}, o.enqueued_at
      from ${table} as o join events as e on e.position = o.position
      where o.stream in (select stream from heads)
      order by o.position
      limit $2`;
    this.#remove = `delete from ${table} where position = any ($1::bigint[])`;
    this.#load = `select (select count(*) from ${table}) as waiting,
      (select enqueued_at from ${table} order by position limit 1) as oldest`;
  }

  /**
   * Takes the oldest events of streams that no other worker has, in order, and locks them until the transaction ends.
   *
   * @param skipped Streams to skip.
   */
  async take(
    tx: Transaction,
    limit: number,
    { streams, upTo }: SkippedStreams = { streams: [], upTo: 0n },
  ): Promise<readonly TakenEvent[]> {
    const { rows } = await tx.query<EventRow & { readonly enqueued_at: string }>(
      this.#take,
      [limit * FRONT_PER_EVENT, limit, streams, upTo],
    );
    return rows.map((row) => ({ ...eventOfRow(row), enqueuedAt: row.enqueued_at }));
  }

  /** Removes events from the queue, and commits. */
  async remove(tx: Transaction, events: readonly OutgoingEvent[]): Promise<void> {
    await tx.query(this.#remove, [events.map(({ position }) => position)], { last: true });
  }

  /** Reads the load of the queue. */
  async load(db: Querier): Promise<QueueLoad> {
    const { rows: [row] } = await db.query<{ waiting: bigint; oldest: string | null }>(this.#load);
    return { waiting: Number(row?.waiting ?? 0n), oldest: row?.oldest ?? undefined };
  }
}
