import type { Exchange } from "../request/exchange.ts";
import { incomplete, type ReadBodyOptions, timedOut, tooLarge } from "./read_body.ts";

/** Bytes that must arrive within the duration of the deadlines while the handler waits for them. */
const PROGRESS_BYTES = 65_536;

/** Options of a body that is read while it arrives. */
export interface IncomingBodyOptions extends ReadBodyOptions {
  /** Called once when no more of the body is read. */
  onEnd(): void;
}

/**
 * Body of a request that a handler reads while it arrives. Reading fails with a {@link Problem}: 413 when the bytes
 * exceed the limit, 408 when they stop or trickle, 400 when the connection breaks.
 */
export class IncomingBody implements UnderlyingDefaultSource<Uint8Array> {
  /** Bytes of the body; the client is asked for them when they are first read. */
  readonly stream: ReadableStream<Uint8Array> = new ReadableStream(this, { highWaterMark: 0 });
  readonly #exchange: Exchange;
  readonly #options: IncomingBodyOptions;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #received = 0;
  /** Bytes and waiting time since the last progress. */
  #progress = 0;
  #waitedMs = 0;
  #hasEnded = false;
  #isClosed = false;
  /** Rejects the read in progress. */
  #reject: ((error: unknown) => void) | undefined;

  /** @throws {Problem} 413 if the Content-Length exceeds the limit. */
  constructor(exchange: Exchange, options: IncomingBodyOptions) {
    const { contentLength } = exchange.fields;
    if (contentLength !== null && Number(contentLength) > options.maxBytes) throw tooLarge(options.maxBytes);
    this.#exchange = exchange;
    this.#options = options;
    this.#hasEnded = contentLength === "0";
  }

  /** Whether the whole body has arrived, so that the connection can serve another request. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    try {
      const value = await this.#receive();
      if (value === undefined) controller.close();
      // Of the platform's buffer of 64 KB, whatever a client sends, a handler that collects the body keeps none.
      else controller.enqueue(2 * value.length < value.buffer.byteLength ? value.slice() : value);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  cancel(): void {
    this.close();
  }

  /** Discards what has not been read; reading it fails from now on. */
  close(): void {
    if (this.#hasEnded || this.#isClosed) return;
    this.#isClosed = true;
    this.#reject?.(closed());
    // Not awaited: the client decides when its stream ends.
    void (this.#reader ?? this.#exchange.request.body)?.cancel().catch(() => {});
    this.#options.onEnd();
  }

  async #receive(): Promise<Uint8Array | undefined> {
    if (this.#isClosed) throw closed();
    const { maxBytes, deadlines } = this.#options;
    const reader = this.#reader ??= this.#open();
    if (reader === undefined) return this.#finish();
    const startedAt = performance.now();
    const { promise: rejected, reject } = Promise.withResolvers<never>();
    this.#reject = reject;
    const deadline = deadlines.start(() => reject(timedOut()));
    try {
      const { value } = await Promise.race([rejected, reader.read().catch(throwIncomplete)]);
      const bytes = value?.length ?? 0;
      this.#received += bytes;
      if (this.#received > maxBytes) throw tooLarge(maxBytes);
      if (this.#isTrickling(bytes, performance.now() - startedAt)) throw timedOut();
      this.#exchange.deadline?.restart();
      if (value === undefined) this.#finish();
      else if (this.#received === Number(this.#exchange.fields.contentLength)) {
        // The platform keeps the connection only if the end was read.
        await reader.read();
        this.#finish();
      }
      return value;
    } finally {
      deadline.cancel();
    }
  }

  #finish(): undefined {
    if (!this.#hasEnded) this.#options.onEnd();
    this.#hasEnded = true;
  }

  #open(): ReadableStreamDefaultReader<Uint8Array> | undefined {
    this.#exchange.permitBody();
    return this.#exchange.request.body?.getReader();
  }

  #isTrickling(bytes: number, waitedMs: number): boolean {
    this.#progress += bytes;
    this.#waitedMs += waitedMs;
    if (this.#progress >= PROGRESS_BYTES) this.#progress = this.#waitedMs = 0;
    return bytes > 0 && this.#waitedMs > this.#options.deadlines.durationMs;
  }
}

function closed(): Error {
  return new DOMException("The body of the request is no longer read", "AbortError");
}

function throwIncomplete(cause: unknown): never {
  throw incomplete(cause);
}
