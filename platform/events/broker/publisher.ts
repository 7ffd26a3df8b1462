import type { TxManager } from "@archway/db/db.ts";
import { type Message, messageOf, type ToJson } from "../outbox/message.ts";
import { MessageQueue, type MessageQueueOptions, type QueuedMessage } from "../outbox/message_queue.ts";
import { causeOf } from "../outbox/outgoing_event.ts";
import type { StepOutcome } from "@archway/queue/work_loop.ts";
import type { WorkObserver } from "../worker/work_observer.ts";
import { type Broker, BrokerError } from "./broker.ts";

/** Options of a publisher. */
export interface PublisherOptions extends Pick<MessageQueueOptions<Message>, "onUnpublishable" | "cipher"> {
  readonly toJson: ToJson;
  readonly database: TxManager;
  readonly broker: Broker;
  readonly observer: WorkObserver;
  /**
   * Maximum number of messages of one transaction.
   *
   * @default {100}
   */
  readonly batch?: number;
}

/** Time limit for publishing a batch before the acknowledged messages are removed, in milliseconds. */
const BUDGET_MS = 10_000;

/** Time limit of the transaction, in milliseconds: the budget, one unacknowledged message, and a margin. */
const DEADLINE_MS = 30_000;

/**
 * Publishes queued messages to the broker: streams concurrently, the messages of one stream in order. A message is
 * removed from the queue once it is acknowledged. After a crash in between it is published again, and the broker
 * deduplicates it by its id.
 */
export class Publisher {
  readonly #queue: MessageQueue<Message>;
  readonly #options: PublisherOptions;

  constructor(options: PublisherOptions) {
    const { toJson, onUnpublishable, cipher } = options;
    this.#queue = new MessageQueue("broker_messages", {
      toMessage: (event) => messageOf(event, toJson),
      onUnpublishable,
      cipher,
    });
    this.#options = options;
  }

  /** Publishes a batch. Rejects if a message was not acknowledged; it stays queued, with the later ones of its stream. */
  async step(): Promise<StepOutcome> {
    const { database, broker, batch = 100 } = this.#options;
    await broker.ready();
    const { scanned, errors } = await database.withTimeoutTx(DEADLINE_MS, async (tx) => {
      const { scanned, messages } = await this.#queue.take(tx, batch);
      const streams = Map.groupBy(messages, ({ event }) => event.stream);
      const until = performance.now() + BUDGET_MS;
      const ends = await Promise.all(
        [...streams.values()].map((stream) => this.#publishStream(stream, until)),
      );
      const published = ends.flatMap((end) => end.published);
      await this.#queue.remove(tx, published);
      return {
        scanned,
        errors: ends.flatMap(({ failure }) => failure === undefined ? [] : [failure.error]),
      };
    });
    if (errors.length > 0) throw errors[0];
    return scanned < batch ? "idle" : "more";
  }

  async #publishStream(messages: readonly QueuedMessage<Message>[], until: number): Promise<StreamEnd> {
    const published: QueuedMessage<Message>[] = [];
    try {
      for (const message of messages) {
        if (performance.now() > until) break;
        await this.#publish(message);
        published.push(message);
      }
      return { published, failure: undefined };
    } catch (error) {
      return { published, failure: { error } };
    }
  }

  async #publish({ event, message }: QueuedMessage<Message>): Promise<void> {
    const { broker, observer } = this.#options;
    const cause = causeOf(event);
    const attributes = { "messaging.message.id": message.id, "archway.event.type": event.type };
    const work = { kind: "broker", causes: cause === undefined ? [] : [cause], attributes } as const;
    await observer.work(work, async (observation) => {
      try {
        const outcome = await broker.publish(message, { traceparent: observation.traceparent ?? cause });
        observation.ended({ outcome, failed: false });
      } catch (error) {
        observation.ended({ outcome: error instanceof BrokerError ? error.code : "failed", failed: true });
        throw error;
      }
    });
  }
}

interface StreamEnd {
  readonly published: readonly QueuedMessage<Message>[];
  /** Error of the message after those; undefined if all were published. */
  readonly failure: { readonly error: unknown } | undefined;
}
