import type { JsonObject } from "@archway/service_kit/event_catalog.ts";
import type { TxManager } from "@archway/db/db.ts";
import type { StepOutcome } from "../worker/work_loop.ts";
import type { WorkObserver } from "../worker/work_observer.ts";
import type { Destination } from "./destination.ts";
import type { ToJson } from "./message.ts";
import { MessageQueue, type MessageQueueOptions } from "./message_queue.ts";
import { causesOf } from "./outgoing_event.ts";
import type { TakenEvent } from "./stream_queue.ts";

/** What a relay works with. */
export interface RelayOptions extends Pick<MessageQueueOptions<JsonObject>, "onUnpublishable"> {
  readonly toJson: ToJson;
  readonly database: TxManager;
  readonly destinations: readonly Destination[];
  readonly observer: WorkObserver;
  /**
   * How many events are taken in one transaction, at the most.
   *
   * @default {200}
   */
  readonly batch?: number;
}

/**
 * Hands events from the outbox to their destinations. An event leaves the outbox in the transaction in which every
 * destination takes it, so it is neither lost nor taken twice, whenever the program ends. One that this program cannot
 * tell stays there: no destination has to know what to do with it.
 */
export class Relay {
  readonly #queue: MessageQueue<JsonObject>;
  readonly #options: RelayOptions;

  constructor(options: RelayOptions) {
    this.#queue = new MessageQueue("outbox", {
      toMessage: options.toJson,
      onUnpublishable: options.onUnpublishable,
    });
    this.#options = options;
  }

  /** Hands on some events. Rejects with a `DatabaseError`, or with what a destination does; nothing was done then. */
  async step(): Promise<StepOutcome> {
    const { database, batch = 200 } = this.#options;
    const { scanned, busy } = await database.withTx(async (tx) => {
      const { scanned, messages } = await this.#queue.take(tx, batch);
      if (messages.length === 0) return { scanned, busy: [] };
      const events = messages.map(({ event }) => event);
      const accepting = await this.#handOn(
        events,
        async (destination) => await destination.accept(tx, events),
      );
      await this.#queue.remove(tx, messages);
      return { scanned, busy: accepting };
    });
    for (const destination of busy) destination.begin();
    return scanned < batch ? "idle" : "more";
  }

  /** Gives the destinations that have something to do. */
  async #handOn(
    events: readonly TakenEvent[],
    accept: (destination: Destination) => Promise<boolean>,
  ): Promise<readonly Destination[]> {
    const { destinations, observer } = this.#options;
    const attributes = { "archway.events": events.length };
    return await observer.work(
      { kind: "relay", causes: causesOf(events), attributes },
      async (observation) => {
        const busy: Destination[] = [];
        for (const destination of destinations) if (await accept(destination)) busy.push(destination);
        observation.ended({ outcome: "done", failed: false });
        return busy;
      },
    );
  }
}
