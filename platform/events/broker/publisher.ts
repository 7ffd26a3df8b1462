import type { TxManager } from "@archway/db/db.ts";
import { type Message, messageOf, type ToJson } from "../outbox/message.ts";
import { MessageQueue, type MessageQueueOptions, type QueuedMessage } from "../outbox/message_queue.ts";
import { causeOf } from "../outbox/outgoing_event.ts";
import type { StepOutcome } from "../worker/work_loop.ts";
import type { WorkObserver } from "../worker/work_observer.ts";
import { type Broker, BrokerError } from "./broker.ts";

/** What a publisher works with. */
export interface PublisherOptions extends Pick<MessageQueueOptions<Message>, "onUnpublishable"> {
  readonly toJson: ToJson;
  readonly database: TxManager;
  readonly broker: Broker;
  readonly observer: WorkObserver;
  /**
   * How many messages are published in one transaction, at the most.
   *
   * @default {100}
   */
  readonly batch?: number;
}

/** For how long messages are published before those that are through are noted, in milliseconds. */
const BUDGET_MS = 10_000;

/** How long the transaction may last: the budget, a last message that is not acknowledged, and some room. */
const DEADLINE_MS = 30_000;

/**
 * Publishes what waits for the broker: streams beside each other, the messages of one stream one after the other. A
 * message is taken out once the broker has acknowledged it. Where the program ends in between it is published again, and
 * the broker knows it by its id.
 */
export class Publisher {
  readonly #queue: MessageQueue<Message>;
  readonly #options: PublisherOptions;

  constructor(options: PublisherOptions) {
    const { toJson, onUnpublishable } = options;
    this.#queue = new MessageQueue("broker_messages", {
      toMessage: (event) => messageOf(event, toJson),
      onUnpublishable,
    });
    this.#options = options;
  }

  /** Publishes some messages. Rejects when one was not taken; it stays, with those behind it in its stream. */
  async step(): Promise<StepOutcome> {
    const { database, broker, batch = 100 } = this.#options;
    await broker.ready();
    const { scanned, faults } = await database.withTimeoutTx(DEADLINE_MS, async (tx) => {
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
        faults: ends.flatMap(({ fault }) => fault === undefined ? [] : [fault.error]),
      };
    });
    if (faults.length > 0) throw faults[0];
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
      return { published, fault: undefined };
    } catch (error) {
      return { published, fault: { error } };
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
  /** What the next one failed with. */
  readonly fault: { readonly error: unknown } | undefined;
}
