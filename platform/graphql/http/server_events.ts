import type { ExecutionResult } from "graphql";
import { StreamedItem } from "@archway/service_kit/streamed_items.ts";

/** Event of a response by GraphQL over Server-Sent Events. */
export interface ServerEvent {
  readonly event: "next" | "complete";
  readonly data: string;
  readonly id?: string;
}

/** Returns the events of a response with one result. */
export async function* singleResult(result: ExecutionResult): AsyncGenerator<ServerEvent> {
  yield await Promise.resolve({ event: "next", data: JSON.stringify(result) });
  yield { event: "complete", data: "" };
}

/** Options of {@link SubscriptionEvents}. */
export interface SubscriptionEventsOptions {
  /** Returns the result for an event of the source. */
  readonly execute: (event: unknown) => Promise<ExecutionResult>;
  /** Maximum duration, in milliseconds. */
  readonly maxMs: number;
  readonly onEnd: () => void;
}

/**
 * Results of a subscription. They end without a `complete` event: the subscription has none, so its client should
 * connect again, with a credential that is valid then.
 */
export class SubscriptionEvents implements AsyncIterableIterator<ServerEvent> {
  readonly #source: AsyncIterator<unknown>;
  readonly #options: SubscriptionEventsOptions;
  readonly #timer: ReturnType<typeof setTimeout>;
  #hasEnded = false;

  constructor(source: AsyncIterable<unknown>, options: SubscriptionEventsOptions) {
    this.#source = source[Symbol.asyncIterator]();
    this.#options = options;
    this.#timer = setTimeout(() => void this.return(), options.maxMs);
  }

  async next(): Promise<IteratorResult<ServerEvent, undefined>> {
    const { value, done } = await this.#source.next();
    if (done === true || this.#hasEnded) return await this.return();
    const result = await this.#options.execute(value);
    const id = value instanceof StreamedItem ? value.id : undefined;
    const extended = id === undefined ? result : { ...result, extensions: { eventId: id } };
    return {
      value: { event: "next", data: JSON.stringify(extended), ...(id !== undefined && { id }) },
      done: false,
    };
  }

  async return(): Promise<IteratorResult<ServerEvent, undefined>> {
    if (!this.#hasEnded) {
      this.#hasEnded = true;
      clearTimeout(this.#timer);
      this.#options.onEnd();
      await this.#source.return?.();
    }
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
