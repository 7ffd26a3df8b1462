import type { Transaction } from "@archway/db/db.ts";
import type { TakenEvent } from "./stream_queue.ts";

/** Thrown by a destination for several events that it does not store in one transaction: it gets fewer at a time. */
export class BatchTooLargeError extends Error {
  override readonly name = "BatchTooLargeError";
}

/** Destination of events. What it stores is written in the transaction that removes the events from the outbox. */
export interface Destination {
  /** Name for messages, such as "webhooks". */
  readonly name: string;
  /**
   * Stores events, in order.
   *
   * @returns whether this made work for the destination, so that `begin` is to be called.
   * @throws {BatchTooLargeError} for more than one event.
   */
  accept(tx: Transaction, events: readonly TakenEvent[]): Promise<boolean>;
  /** Called when the accepted events are committed. Must not throw. */
  begin(): void;
}
