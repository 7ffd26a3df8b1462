import type { ConnectionPool } from "@archway/db/db.ts";
import { WorkLoop } from "@archway/queue/work_loop.ts";
import { WorkerFailures } from "@archway/queue/worker_failures.ts";
import type { EventCatalog } from "@archway/service_kit/event_catalog.ts";
import type { ServiceDependencies } from "@archway/service_kit/service_module.ts";
import { FeedSubscription } from "./feed/feed_subscription.ts";
import type { StoredEvent } from "./store/event.ts";
import type { EventStore } from "./store/event_store.ts";
import { lastPosition } from "./store/settled_position.ts";

/** Options of {@link EventFeed}. */
export interface EventFeedOptions {
  readonly pool: ConnectionPool;
  /** Store with the categories of the feed. */
  readonly store: EventStore;
  /** Returns the owners affected by events. */
  readonly recipients: EventCatalog["recipients"];
  readonly logger: ServiceDependencies["logger"];
  /** Interval of polling, in milliseconds: notifications can be lost, and running transactions hold events back. */
  readonly pollMs?: number;
}

/** Request of a subscriber. */
export interface FeedRequest {
  /** Owner whose events they are; all events if undefined. */
  readonly owner: string | undefined;
  /** Position after which to continue. @default the events from now on */
  readonly after?: bigint | undefined;
}

/** Delivery while there are subscribers. */
interface Running {
  readonly stop: AbortController;
  readonly started: Promise<void>;
}

/** Number of events that are read at once. */
const PAGE = 100;

/**
 * Live events of a service for subscribers in this process. The process reads each event once, however many subscribers
 * there are, and nothing while there are none. Subscribers that fall behind, or return after a position, read for
 * themselves until they have caught up: they get every event once, in order.
 */
export class EventFeed {
  readonly #options: EventFeedOptions;
  readonly #subscriptions = new Set<FeedSubscription>();
  #running: Running | undefined;
  /** Position of the last event that subscribers have received. */
  #position = 0n;

  constructor(options: EventFeedOptions) {
    this.#options = options;
  }

  /** Number of subscribers. */
  get size(): number {
    return this.#subscriptions.size;
  }

  /** Subscribes to events, until the iterator is returned. */
  async subscribe({ owner, after }: FeedRequest): Promise<FeedSubscription> {
    const subscription: FeedSubscription = new FeedSubscription({
      owner,
      feed: {
        position: () => this.#position,
        read: (position) => this.#readPage(position, owner),
        leave: () => this.#leave(subscription),
      },
    });
    this.#subscriptions.add(subscription);
    const running = this.#running ??= this.#start();
    try {
      await running.started;
    } catch (error) {
      if (this.#running === running) this.#running = undefined;
      this.#subscriptions.delete(subscription);
      throw error;
    }
    subscription.start(after);
    return subscription;
  }

  #start(): Running {
    const { pool, store } = this.#options;
    const stop = new AbortController();
    const { signal } = stop;
    const started = store.settledPosition(pool, { signal }).then((position) => {
      this.#position = position;
      if (!signal.aborted) void this.#run(signal);
    });
    return { stop, started };
  }

  /** Delivers events until the signal aborts. Never rejects. */
  async #run(signal: AbortSignal): Promise<void> {
    const { pool, logger, pollMs = 1_000 } = this.#options;
    const failures = new WorkerFailures({ logger, onFailure: () => {} });
    const loop = new WorkLoop({
      step: () => this.#deliver(signal),
      pollMs,
      random: Math.random,
      onFailure: (error) => failures.failed("feed", error),
      onRecovery: () => failures.recovered("feed"),
    });
    const listening = pool.listen("archway_outbox", { onNotify: () => loop.wake() });
    await loop.run({ stopping: signal, signal });
    await listening[Symbol.asyncDispose]();
  }

  async #deliver(signal: AbortSignal): Promise<"more" | "idle"> {
    const { pool, store } = this.#options;
    // A position is settled by a transaction id of its own, which would be wasted without new events.
    const db = pool.writer();
    if (await lastPosition(db, { signal }) <= this.#position) return "idle";
    const until = await store.settledPosition(pool, { signal });
    const events = await store.readAll(db, { after: this.#position, until, limit: PAGE, signal });
    const owners = await this.#ownersOf(events);
    if (signal.aborted) return "idle";
    for (const event of events) {
      const of = owners.get(event.position) ?? [];
      for (const subscription of this.#subscriptions) subscription.deliver(event, of);
    }
    if (events.length < PAGE) this.#position = until;
    else this.#position = events.at(-1)?.position ?? until;
    return events.length < PAGE ? "idle" : "more";
  }

  /** Reads the next events of a subscriber that is behind, and the position up to which they are all. */
  async #readPage(
    after: bigint,
    owner: string | undefined,
  ): Promise<{ readonly events: readonly StoredEvent[]; readonly upTo: bigint }> {
    const { pool, store } = this.#options;
    const until = this.#position;
    if (after >= until) return { events: [], upTo: after };
    const events = await store.readAll(pool.writer(), { after, until, limit: PAGE });
    const upTo = events.length < PAGE ? until : events.at(-1)?.position ?? until;
    if (owner === undefined) return { events, upTo };
    const owners = await this.#ownersOf(events);
    return { events: events.filter(({ position }) => owners.get(position)?.includes(owner)), upTo };
  }

  async #ownersOf(events: readonly StoredEvent[]): Promise<ReadonlyMap<bigint, readonly (string | null)[]>> {
    if (events.length === 0) return new Map();
    const { pool, recipients } = this.#options;
    const found = await pool.withTx((tx) => recipients(tx, events));
    const byPosition = Map.groupBy(found, ({ position }) => position);
    return new Map([...byPosition].map(([position, of]) => [position, of.map(({ owner }) => owner)]));
  }

  #leave(subscription: FeedSubscription): void {
    this.#subscriptions.delete(subscription);
    if (this.#subscriptions.size > 0) return;
    this.#running?.stop.abort();
    this.#running = undefined;
  }
}
