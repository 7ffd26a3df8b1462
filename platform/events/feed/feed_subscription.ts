import type { StoredEvent } from "../store/event.ts";

/** Options of {@link FeedSubscription}. */
export interface FeedSubscriptionOptions {
  /** Owner whose events it receives; all events if undefined. */
  readonly owner: string | undefined;
  readonly feed: {
    /** Returns the position of the last event that was delivered. */
    position(): bigint;
    /** Reads the owner's events after a position, and the position up to which there are no others. */
    read(after: bigint): Promise<{ readonly events: readonly StoredEvent[]; readonly upTo: bigint }>;
    leave(): void;
  };
}

/** Number of events that wait for a slow subscriber; it reads later ones for itself. */
const MAX_WAITING = 200;

/** Events of one subscriber, in order. Returning it does not wait for an event. */
export class FeedSubscription implements AsyncIterableIterator<StoredEvent> {
  readonly #options: FeedSubscriptionOptions;
  #waiting: StoredEvent[] = [];
  /** Position up to which events were delivered or read. */
  #position = 0n;
  /** Whether the feed delivers its events. */
  #isLive = false;
  #hasEnded = false;
  #changed = Promise.withResolvers<void>();

  constructor(options: FeedSubscriptionOptions) {
    this.#options = options;
  }

  /** Starts after a position, or with the events from now on. */
  start(after: bigint | undefined): void {
    this.#position = after ?? this.#options.feed.position();
    this.#isLive = after === undefined;
  }

  /** Receives an event of the feed, which affects some owners. */
  deliver(event: StoredEvent, owners: readonly (string | null)[]): void {
    // One that has caught up may have read further than the feed.
    if (!this.#isLive || event.position <= this.#position) return;
    if (this.#waiting.length >= MAX_WAITING) {
      this.#isLive = false;
      return;
    }
    this.#position = event.position;
    const { owner } = this.#options;
    if (owner !== undefined && !owners.includes(owner)) return;
    this.#waiting.push(event);
    this.#change();
  }

  async next(): Promise<IteratorResult<StoredEvent, undefined>> {
    while (!this.#hasEnded) {
      const value = this.#waiting.shift();
      if (value !== undefined) return { value, done: false };
      if (this.#isLive) await this.#changed.promise;
      else await this.#catchUp();
    }
    return { value: undefined, done: true };
  }

  return(): Promise<IteratorResult<StoredEvent, undefined>> {
    if (!this.#hasEnded) {
      this.#hasEnded = true;
      this.#waiting = [];
      this.#options.feed.leave();
      this.#change();
    }
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.return().then(() => {});
  }

  async #catchUp(): Promise<void> {
    const { read, position } = this.#options.feed;
    const { events, upTo } = await read(this.#position);
    this.#waiting.push(...events);
    this.#position = upTo;
    this.#isLive = upTo >= position();
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
