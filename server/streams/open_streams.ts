import type { Logger } from "../logger.ts";
import { KNOWN_METHODS } from "../methods.ts";
import { IncomingBody } from "../body/incoming_body.ts";
import type { ReadBodyOptions } from "../body/read_body.ts";
import { ErrorLog } from "../problems/error_log.ts";
import { Deadlines } from "../request/deadlines.ts";
import type { Exchange } from "../request/exchange.ts";
import type { Lifecycle } from "../request/lifecycle.ts";
import type { ChunkSource } from "./chunk_source.ts";
import { OutgoingStream, type StreamEnd } from "./outgoing_stream.ts";

/** Dependencies that the streams share with the server. */
export interface OpenStreamsOptions {
  readonly lifecycle: Lifecycle;
  /** Limits the time in which a client takes a chunk. */
  readonly writeDeadlines: Deadlines;
  /** Time without an event after which a heartbeat is sent, in milliseconds. */
  readonly heartbeatMs: number;
  readonly logger: Logger;
}

/** Properties of a new stream. */
export interface OpenStreamOptions {
  readonly exchange: Exchange;
  readonly status: number;
  /** Bytes that keep an idle connection open; with them, the stream may end at any time, as clients connect again. */
  readonly heartbeat?: Uint8Array | undefined;
}

const SHUTDOWN = new DOMException("The server is shutting down", "AbortError");
const ENDED = "Response to request {requestId} ended early: {reason}";
const FAILED = "Response {status} to request {requestId} failed after its head was sent";

/** Bodies that are sent while they are produced, which count as requests in flight, or read while they arrive. */
export class OpenStreams implements Disposable {
  readonly #options: OpenStreamsOptions;
  readonly #heartbeats: Deadlines;
  readonly #errors: ErrorLog;
  readonly #incoming = new Set<IncomingBody>();
  readonly #open = new Set<OutgoingStream>();
  /** Those that may end at any time. */
  readonly #endable = new Set<OutgoingStream>();

  constructor(options: OpenStreamsOptions) {
    this.#options = options;
    this.#heartbeats = new Deadlines(options.heartbeatMs);
    this.#errors = new ErrorLog(options.logger);
  }

  /** Whether the body of a request is read while it arrives. */
  get receiving(): boolean {
    return this.#incoming.size > 0;
  }

  /**
   * Returns the body of a request, which the handler reads while it arrives. What it leaves is discarded with the
   * response.
   *
   * @throws {Problem} 413 if it is too large.
   */
  receive(exchange: Exchange, options: ReadBodyOptions): ReadableStream<Uint8Array> {
    const body = new IncomingBody(exchange, { ...options, onEnd: () => void this.#incoming.delete(body) });
    if (!body.hasEnded) this.#incoming.add(body);
    exchange.incoming = body;
    return body.stream;
  }

  /** Returns the chunks as the body of a response. The signal of the exchange aborts when the client leaves. */
  open(source: ChunkSource, { exchange, status, heartbeat }: OpenStreamOptions): ReadableStream<Uint8Array> {
    const { lifecycle, writeDeadlines } = this.#options;
    exchange.watchClient();
    const { signal, incoming } = exchange;
    // The handler may read the one while it writes the other.
    exchange.incoming = undefined;
    const onAbort = (): void => void stream.abort(signal.reason);
    const stream = new OutgoingStream(source, {
      stalls: writeDeadlines,
      heartbeats: this.#heartbeats,
      heartbeat,
      onEnd: (end) => {
        signal.removeEventListener("abort", onAbort);
        this.#open.delete(stream);
        this.#endable.delete(stream);
        this.#report(end, { exchange, status });
        incoming?.close();
        lifecycle.leave();
      },
    });
    this.#open.add(stream);
    if (heartbeat !== undefined) this.#endable.add(stream);
    lifecycle.enter();
    const body = new ReadableStream(stream, { highWaterMark: 0 });
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    return body;
  }

  /** Ends the streams that may end at any time. */
  finishEndable(): void {
    for (const stream of [...this.#endable]) void stream.finish();
  }

  /** Breaks off all streams, and the bodies being received. */
  abortAll(): void {
    for (const stream of [...this.#open]) void stream.abort(SHUTDOWN);
    for (const body of [...this.#incoming]) body.close();
  }

  [Symbol.dispose](): void {
    this.#heartbeats[Symbol.dispose]();
  }

  #report(end: StreamEnd, { exchange, status }: OpenStreamOptions): void {
    if (end.kind === "complete") return;
    const { requestId, traceId, route, method } = exchange;
    if (end.kind === "aborted") {
      exchange.abort(end.reason);
      this.#options.logger.info(ENDED, { requestId, traceId, route, reason: describe(end.reason) });
      return;
    }
    exchange.abort(end.error);
    this.#errors.failed("stream", {
      requestId,
      traceId,
      method: KNOWN_METHODS.has(method) ? method : "_OTHER",
      route,
      status,
      error: end.error instanceof Error ? end.error : new Error("A stream failed", { cause: end.error }),
    }, FAILED);
  }
}

/** Describes why a stream was broken off: by the server, or because the platform has lost the client. */
function describe(reason: unknown): string {
  return reason === SHUTDOWN
    ? "shutdown"
    : reason instanceof DOMException && reason.name === "TimeoutError"
    ? "the client took no more of it in time"
    : "the client disconnected";
}
