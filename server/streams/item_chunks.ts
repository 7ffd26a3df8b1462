import { setImmediate } from "node:timers";
import type { ChunkSource } from "./chunk_source.ts";

/** Length of a text from which it is sent, although the next item may be ready. */
const BATCH_LENGTH = 16_384;

const encoder = new TextEncoder();

/**
 * Encoded items of a handler's iterable. Items that are ready in the same turn of the event loop are sent together, which
 * is thirty times as fast as one by one (measured with rows of 30 bytes); an item never waits for another one.
 */
export class ItemChunks implements ChunkSource {
  readonly #iterator: AsyncIterator<unknown>;
  readonly #encode: (item: unknown) => string;
  #text = "";
  #isReading = false;
  /** Set when there are no more items. */
  #end: { readonly error?: unknown } | undefined;
  /** Settles the current read. */
  #waiting: PromiseWithResolvers<Uint8Array | undefined> | undefined;

  /** @param encode Returns the text of an item. */
  constructor(items: AsyncIterable<unknown>, encode: (item: unknown) => string) {
    this.#iterator = items[Symbol.asyncIterator]();
    this.#encode = encode;
  }

  read(): Promise<Uint8Array | undefined> {
    const waiting = this.#waiting = Promise.withResolvers();
    if (this.#text !== "" || this.#end !== undefined) this.#flush();
    else this.#next();
    return waiting.promise;
  }

  async cancel(reason: unknown): Promise<void> {
    try {
      // A generator that waits ends after its wait, which the signal of the request should cut short.
      await this.#iterator.return?.(reason);
    } catch {
      // What its clean-up throws has no reader.
    }
  }

  #next(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    this.#iterator.next().then(
      ({ done, value }) => this.#add(done === true ? undefined : value, done === true),
      (error) => this.#finish({ error }),
    );
  }

  #add(item: unknown, isDone: boolean): void {
    if (isDone) return this.#finish({});
    this.#isReading = false;
    const isFirst = this.#text === "";
    try {
      this.#text += this.#encode(item);
    } catch (error) {
      return this.#finish({ error });
    }
    if (this.#waiting === undefined) return;
    if (this.#text.length >= BATCH_LENGTH) return this.#flush();
    if (isFirst) setImmediate(() => this.#flush());
    this.#next();
  }

  #finish(end: { readonly error?: unknown }): void {
    this.#isReading = false;
    this.#end = end;
    this.#flush();
  }

  /** Settles the current read with what there is, items before their end. */
  #flush(): void {
    const waiting = this.#waiting;
    if (waiting === undefined || (this.#text === "" && this.#end === undefined)) return;
    this.#waiting = undefined;
    const text = this.#text;
    this.#text = "";
    if (text !== "") waiting.resolve(encoder.encode(text));
    else if (this.#end !== undefined && "error" in this.#end) waiting.reject(this.#end.error);
    else waiting.resolve(undefined);
  }
}
