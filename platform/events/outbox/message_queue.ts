import type { Transaction } from "@archway/db/db.ts";
import type { OutgoingEvent } from "./outgoing_event.ts";
import { StreamQueue, type TakenEvent } from "./stream_queue.ts";

/** An event that was taken, and what it is told as. */
export interface QueuedMessage<T> {
  readonly event: TakenEvent;
  readonly message: T;
}

/** An event that this program cannot tell, and why. */
export interface UnpublishableEvent {
  readonly event: OutgoingEvent;
  readonly error: unknown;
}

/** How events become messages. */
export interface MessageQueueOptions<T> {
  /** Gives what an event is told as. Throws where this program cannot tell it. */
  readonly toMessage: (event: OutgoingEvent) => T;
  /** An event stays where it is. Must not throw. */
  readonly onUnpublishable: (unpublishable: UnpublishableEvent) => void;
}

/** For how long a stream is left alone in which there is something that cannot be told, in milliseconds. */
const BACKOFF_MS = 30_000;

/**
 * Events that wait, as what they are told as. One that this program cannot tell stays, for one that can, and so does what
 * follows it in its stream; other streams go on, also where many are like it: streams that were found to be so are not
 * taken again for a while, and not held while another program might take them.
 */
export class MessageQueue<T> {
  readonly #queue: StreamQueue;
  readonly #options: MessageQueueOptions<T>;
  /** Until when streams are left alone, in milliseconds of `performance.now()`. */
  readonly #backoff = new Map<string, number>();

  constructor(table: "outbox" | "broker_messages", options: MessageQueueOptions<T>) {
    this.#queue = new StreamQueue(table);
    this.#options = options;
  }

  /** See {@link StreamQueue.take}. Gives how many were scanned at, too: fewer than the limit, and there are no more. */
  async take(
    tx: Transaction,
    limit: number,
  ): Promise<{ readonly scanned: number; readonly messages: readonly QueuedMessage<T>[] }> {
    const events = await this.#queue.take(tx, limit, this.#streamsBackingOff());
    const messages: QueuedMessage<T>[] = [];
    for (const event of events) {
      if (this.#backoff.has(event.stream)) continue;
      try {
        messages.push({ event, message: this.#options.toMessage(event) });
      } catch (error) {
        this.#backoff.set(event.stream, performance.now() + BACKOFF_MS);
        this.#options.onUnpublishable({ event, error });
      }
    }
    return { scanned: events.length, messages };
  }

  /** They have left. */
  async remove(tx: Transaction, messages: readonly QueuedMessage<T>[]): Promise<void> {
    if (messages.length > 0) await this.#queue.remove(tx, messages.map(({ event }) => event));
  }

  #streamsBackingOff(): readonly string[] {
    const now = performance.now();
    for (const [stream, until] of this.#backoff) if (until <= now) this.#backoff.delete(stream);
    return [...this.#backoff.keys()];
  }
}
