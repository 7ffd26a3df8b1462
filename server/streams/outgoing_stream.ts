import type { Deadline, Deadlines } from "../request/deadlines.ts";
import type { ChunkSource } from "./chunk_source.ts";

/** Options of an outgoing stream. */
export interface OutgoingStreamOptions {
  /** Limits the time in which the client takes a chunk. */
  readonly stalls: Deadlines;
  /** Time without a chunk after which {@link heartbeat} is sent. */
  readonly heartbeats: Deadlines;
  /** Bytes that keep idle connections open; none are sent if undefined. */
  readonly heartbeat: Uint8Array | undefined;
  /** Called once when nothing more is sent. */
  onEnd(end: StreamEnd): void;
}

/** End of a stream: complete, broken off by the client or the server, or failed in the handler. */
export type StreamEnd =
  | { readonly kind: "complete" }
  | { readonly kind: "aborted"; readonly reason: unknown }
  | { readonly kind: "failed"; readonly error: unknown };

const COMPLETE: StreamEnd = { kind: "complete" };

/**
 * Body of a response that is sent while it is produced. A chunk is read from the source when the client has taken the one
 * before, so that a slow client slows the source down and no more than that chunk is held.
 */
export class OutgoingStream implements UnderlyingDefaultSource<Uint8Array> {
  readonly #source: ChunkSource;
  readonly #options: OutgoingStreamOptions;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** Runs while the client has not taken the last chunk. */
  #stall: Deadline | undefined;
  #beat: Deadline | undefined;
  /** Ends the current pull. */
  #pulled: (() => void) | undefined;
  #isReading = false;
  /** Delivers a result of the source that came while no pull was waiting. */
  #ready: (() => void) | undefined;
  #hasEnded = false;

  constructor(source: ChunkSource, options: OutgoingStreamOptions) {
    this.#source = source;
    this.#options = options;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller;
  }

  pull(): Promise<void> {
    this.#stall?.cancel();
    if (this.#hasEnded) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pulled = resolve;
    const { heartbeat, heartbeats } = this.#options;
    if (this.#ready !== undefined) this.#deliver(this.#ready);
    else {
      if (heartbeat !== undefined) this.#beat = heartbeats.start(() => this.#send(heartbeat));
      this.#read();
    }
    return promise;
  }

  /** Called by the platform when the client has left. */
  cancel(reason: unknown): Promise<void> {
    return this.#end({ kind: "aborted", reason });
  }

  /** Ends the stream as if the source had ended. */
  async finish(): Promise<void> {
    if (this.#hasEnded) return;
    this.#controller?.close();
    await this.#end(COMPLETE);
  }

  /** Breaks the stream off, so that the client notices: the connection ends before the body does. */
  async abort(reason: unknown): Promise<void> {
    if (this.#hasEnded) return;
    this.#controller?.error(reason);
    await this.#end({ kind: "aborted", reason });
  }

  #read(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    this.#source.read().then(
      (chunk) => this.#settle(() => chunk === undefined ? this.#complete() : this.#send(chunk)),
      (error) => this.#settle(() => this.#fail(error)),
    );
  }

  #settle(deliver: () => void): void {
    this.#isReading = false;
    if (this.#hasEnded) return;
    if (this.#pulled === undefined) this.#ready = deliver;
    else this.#deliver(deliver);
  }

  #deliver(deliver: () => void): void {
    this.#ready = undefined;
    this.#beat?.cancel();
    deliver();
  }

  #send(chunk: Uint8Array): void {
    this.#controller?.enqueue(chunk);
    this.#stall = this.#options.stalls.start(() =>
      void this.abort(new DOMException("The client took no more of the response in time", "TimeoutError"))
    );
    this.#resolvePull();
  }

  #complete(): void {
    this.#controller?.close();
    void this.#end(COMPLETE);
  }

  #fail(error: unknown): void {
    this.#controller?.error(error);
    void this.#end({ kind: "failed", error });
  }

  async #end(end: StreamEnd): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#stall?.cancel();
    this.#beat?.cancel();
    this.#ready = undefined;
    this.#resolvePull();
    this.#options.onEnd(end);
    await this.#source.cancel(end.kind === "aborted" ? end.reason : undefined);
  }

  #resolvePull(): void {
    this.#pulled?.();
    this.#pulled = undefined;
  }
}
