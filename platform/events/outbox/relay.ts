import type { JsonObject } from "@archway/service_kit/event_catalog.ts";
import type { TxManager } from "@archway/db/db.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import type { StepOutcome } from "@archway/queue/work_loop.ts";
import type { WorkObserver } from "../worker/work_observer.ts";
import { BatchTooLargeError, type Destination } from "./destination.ts";
import type { ToJson } from "./message.ts";
import { MessageQueue, type MessageQueueOptions } from "./message_queue.ts";
import { causesOf } from "./outgoing_event.ts";
import type { TakenEvent } from "./stream_queue.ts";

/** Options of a relay. */
export interface RelayOptions extends Pick<MessageQueueOptions<JsonObject>, "onUnpublishable" | "cipher"> {
  readonly toJson: ToJson;
  readonly database: TxManager;
  readonly destinations: readonly Destination[];
  readonly observer: WorkObserver;
  /**
   * Maximum number of events of one transaction.
   *
   * @default {200}
   */
  readonly batch?: number;
}

/** Default of the maximum number of events of one transaction. */
const MAX_BATCH = 200;

/**
 * Relays events from the outbox to their destinations. An event is removed from the outbox in the transaction in which
 * every destination stores it, so a crash neither loses nor repeats it. An event that this program cannot publish stays
 * in the outbox, so destinations only receive events that they can handle.
 */
export class Relay {
  readonly #queue: MessageQueue<JsonObject>;
  readonly #options: RelayOptions;
  /** Maximum number of events of the next transaction. */
  #batch: number;

  constructor(options: RelayOptions) {
    this.#queue = new MessageQueue("outbox", {
      toMessage: options.toJson,
      onUnpublishable: options.onUnpublishable,
      cipher: options.cipher,
    });
    this.#options = options;
    this.#batch = options.batch ?? MAX_BATCH;
  }

  /**
   * Relays a batch of events. If it rejects, with a `DatabaseError` or an error of a destination, nothing was changed. A
   * batch that is too large for one transaction, or takes too long, is halved.
   */
  async step(): Promise<StepOutcome> {
    const { batch: max = MAX_BATCH } = this.#options;
    const batch = this.#batch;
    try {
      const outcome = await this.#relay(batch);
      this.#batch = Math.min(max, batch * 2);
      return outcome;
    } catch (error) {
      if (batch === 1 || !isTooLarge(error)) throw error;
      this.#batch = Math.ceil(batch / 2);
      if (!(error instanceof BatchTooLargeError)) throw error;
      return "more";
    }
  }

  async #relay(batch: number): Promise<StepOutcome> {
    const { database } = this.#options;
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

  /** Returns the destinations that have work to do. */
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

function isTooLarge(error: unknown): boolean {
  return error instanceof BatchTooLargeError || error instanceof DatabaseError && error.code === "timeout";
}
