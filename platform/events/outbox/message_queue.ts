import type { Transaction } from "@archway/db/db.ts";
import type { PersonalDataCipher } from "@archway/service_kit/personal_data.ts";
import { decryptEvents, type OutgoingEvent } from "./outgoing_event.ts";
import { type SkippedStreams, StreamQueue, type TakenEvent } from "./stream_queue.ts";

/** A queued event with its message. */
export interface QueuedMessage<T> {
  readonly event: TakenEvent;
  readonly message: T;
}

/** An event that this program cannot publish, with the reason. */
export interface UnpublishableEvent {
  readonly event: OutgoingEvent;
  readonly error: unknown;
}

/** Options of a message queue. */
export interface MessageQueueOptions<T> {
  /** Returns the message of an event. Throws if this program cannot publish the event. */
  readonly toMessage: (event: OutgoingEvent) => T;
  /** Called for an event that stays in the queue because it cannot be published. Must not throw. */
  readonly onUnpublishable: (unpublishable: UnpublishableEvent) => void;
  /** Decrypts personal fields. @default none are encrypted */
  readonly cipher?: PersonalDataCipher | undefined;
}

/** Backoff of a stream whose next event cannot be published, in milliseconds. */
const BACKOFF_MS = 30_000;

/** Maximum number of streams with a backoff of their own. */
const MAX_STREAMS = 1_000;

/**
 * Queue of events as messages. An event that this program cannot publish stays in the queue, with the later events of
 * its stream, for a program that can. Such a stream is then skipped for a while, so that any number of them does not
 * block the other streams, and is not locked, so that another process can take it. If there are too many of them to name,
 * all streams are skipped up to the position of the last one.
 */
export class MessageQueue<T> {
  readonly #queue: StreamQueue;
  readonly #options: MessageQueueOptions<T>;
  /** End of the backoff by stream, in milliseconds of `performance.now()`. */
  readonly #backoff = new Map<string, number>();
  /** Highest position of an event in {@link #backoff}. */
  #highest = 0n;
  /** Position up to which streams are skipped, and the end of that. */
  #skipped: { readonly upTo: bigint; readonly until: number } | undefined;

  constructor(table: "outbox" | "broker_messages", options: MessageQueueOptions<T>) {
    this.#queue = new StreamQueue(table);
    this.#options = options;
  }

  /** Number of streams with a backoff of their own. */
  get backingOff(): number {
    return this.#backoff.size;
  }

  /** See {@link StreamQueue.take}. Also returns the number of events scanned: if below the limit, no more are queued. */
  async take(
    tx: Transaction,
    limit: number,
  ): Promise<{ readonly scanned: number; readonly messages: readonly QueuedMessage<T>[] }> {
    const taken = await this.#queue.take(tx, limit, this.#skippedStreams());
    const events = await decryptEvents(tx, taken, this.#options.cipher);
    const messages: QueuedMessage<T>[] = [];
    for (const event of events) {
      if (this.#backoff.has(event.stream)) continue;
      try {
        messages.push({ event, message: this.#options.toMessage(event) });
      } catch (error) {
        this.#backoff.set(event.stream, performance.now() + BACKOFF_MS);
        if (event.position > this.#highest) this.#highest = event.position;
        this.#options.onUnpublishable({ event, error });
      }
    }
    if (this.#backoff.size > MAX_STREAMS) this.#skipAll();
    return { scanned: events.length, messages };
  }

  /** Removes published messages, and commits. */
  async remove(tx: Transaction, messages: readonly QueuedMessage<T>[]): Promise<void> {
    if (messages.length > 0) await this.#queue.remove(tx, messages.map(({ event }) => event));
  }

  /** Skips by position, since each stream in backoff costs memory here and time in each statement. */
  #skipAll(): void {
    const until = this.#skipped?.until ?? performance.now() + BACKOFF_MS;
    this.#skipped = { upTo: this.#highest, until };
    this.#backoff.clear();
  }

  #skippedStreams(): SkippedStreams {
    const now = performance.now();
    for (const [stream, until] of this.#backoff) if (until <= now) this.#backoff.delete(stream);
    if (this.#skipped !== undefined && this.#skipped.until <= now) this.#skipped = undefined;
    return { streams: [...this.#backoff.keys()], upTo: this.#skipped?.upTo ?? 0n };
  }
}
