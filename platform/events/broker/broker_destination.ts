import type { Transaction } from "@archway/db/db.ts";
import type { Destination } from "../outbox/destination.ts";
import type { TakenEvent } from "../outbox/stream_queue.ts";

const INSERT = `insert into broker_messages (position, stream, enqueued_at)
  select position, stream, enqueued_at
  from unnest($1::bigint[], $2::text[], $3::timestamptz[]) as m (position, stream, enqueued_at)`;

/** Queues events for the message broker. */
export class BrokerDestination implements Destination {
  readonly name = "broker";
  readonly #onMessages: () => void;

  /** @param onMessages Called when messages are queued. Must not throw. */
  constructor(onMessages: () => void) {
    this.#onMessages = onMessages;
  }

  async accept(tx: Transaction, events: readonly TakenEvent[]): Promise<boolean> {
    await tx.query(INSERT, [
      events.map(({ position }) => position),
      events.map(({ stream }) => stream),
      events.map(({ enqueuedAt }) => enqueuedAt),
    ]);
    return true;
  }

  begin(): void {
    this.#onMessages();
  }
}
