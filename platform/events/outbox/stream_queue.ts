import type { Querier, Transaction } from "@archway/db/db.ts";
import { EVENT_COLUMNS, eventOfRow, type EventRow, type OutgoingEvent } from "./outgoing_event.ts";

/** An event that was taken. */
export interface TakenEvent extends OutgoingEvent {
  /** Since when it waits. */
  readonly enqueuedAt: string;
}

/** How much waits. */
export interface QueueLoad {
  readonly waiting: number;
  /** Since when the first of them waits; undefined: none does. */
  readonly oldest: string | undefined;
}

/** How many rows are looked through for streams that are free, for each event that may be taken. */
const FRONT_PER_EVENT = 4;

/**
 * A table of events that wait, of which many workers take a share at the same time, and no two of them events of one
 * stream. Who takes a stream holds the row of its first event until the end of the transaction, and takes what follows
 * it, too: others skip that row, and to them no later one is the first.
 */
export class StreamQueue {
  readonly #take: string;
  readonly #remove: string;
  readonly #load: string;

  /** @param table With the columns `position`, `stream` and `enqueued_at`; an index on (stream, position). */
  constructor(table: "outbox" | "broker_messages") {
    // Only so many of the oldest rows are looked at: a stream of a hundred thousand events does not make it slow.
    this.#take = `with front as materialized (
        select position, stream from ${table} where stream <> all ($3::text[]) order by position limit $1
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
   * The oldest events of streams that nobody else has, in order; they are the transaction's until it ends.
   *
   * @param except Streams that are left alone.
   */
  async take(tx: Transaction, limit: number, except: readonly string[] = []): Promise<readonly TakenEvent[]> {
    const { rows } = await tx.query<EventRow & { readonly enqueued_at: string }>(
      this.#take,
      [limit * FRONT_PER_EVENT, limit, except],
    );
    return rows.map((row) => ({ ...eventOfRow(row), enqueuedAt: row.enqueued_at }));
  }

  /** They have left. */
  async remove(tx: Transaction, events: readonly OutgoingEvent[]): Promise<void> {
    await tx.query(this.#remove, [events.map(({ position }) => position)]);
  }

  async load(db: Querier): Promise<QueueLoad> {
    const { rows: [row] } = await db.query<{ waiting: bigint; oldest: string | null }>(this.#load);
    return { waiting: Number(row?.waiting ?? 0n), oldest: row?.oldest ?? undefined };
  }
}
