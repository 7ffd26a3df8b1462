import type { Listener, ListenerOptions } from "../listener.ts";

/** Length of the accept queue, as far as the operating system permits. */
const BACKLOG = 4096;

/** Minimum and maximum duration of a drain while requests are made, in milliseconds. */
const MIN_DRAIN_MS = 100;
const MAX_DRAIN_MS = 250;

/** Duration of a turn of the event loop in a drain, and that from which it counts as delayed, in milliseconds. */
const TURN_MS = 5;
const LONG_TURN_MS = 10;

/** Consecutive turns without a new request after which a drain ends: of an idle server, and of a busy one. */
const IDLE_TURNS = 5;
const BUSY_TURNS = 2;

function onListen(): void {}

/** Handles errors of bodies that are being sent, which are logged already; the platform would print them. */
function onError(): Response {
  return new Response(null, { status: 500 });
}

/** Handles a request with the platform's information about its connection. */
type HttpHandler = (request: Request, info: Deno.ServeHandlerInfo<Deno.NetAddr>) => Promise<Response>;

/** Platform's HTTP server: HTTP/1.1 and HTTP/2, plain or with TLS. */
export class HttpListener implements Listener {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #abort = new AbortController();
  #shutdown: Promise<void> | undefined;
  #lastRequestAt = -Infinity;

  /** Starts to listen; throws the platform's error if the address or the certificate cannot be used. */
  constructor(handle: HttpHandler, { hostname, port, tls, reusePort = false }: ListenerOptions) {
    const { signal } = this.#abort;
    const options = { hostname, port, reusePort, tcpBacklog: BACKLOG, signal, onListen, onError };
    this.#server = Deno.serve(tls === undefined ? options : { ...options, ...tls }, (request, info) => {
      this.#lastRequestAt = performance.now();
      return handle(request, info);
    });
  }

  get addr(): Deno.NetAddr {
    return this.#server.addr;
  }

  /**
   * Resolves in a moment without new requests. The platform resets connections that it has not accepted, and closes those
   * whose first request it has not read, as soon as it stops.
   */
  async drain(onClosing: () => void): Promise<void> {
    onClosing();
    const startedAt = performance.now();
    let [elapsed, quietTurns] = [0, 0];
    let isQuiet = false;
    while (elapsed < MAX_DRAIN_MS && !isQuiet) {
      const [lastRequestAt, turnAt] = [this.#lastRequestAt, performance.now()];
      await new Promise((resolve) => setTimeout(resolve, TURN_MS));
      const now = performance.now();
      elapsed = now - startedAt;
      // In a turn that has taken long, requests wait to be read.
      quietTurns = lastRequestAt === this.#lastRequestAt && now - turnAt < LONG_TURN_MS ? quietTurns + 1 : 0;
      isQuiet = elapsed < MIN_DRAIN_MS
        ? now - lastRequestAt > MIN_DRAIN_MS && quietTurns >= IDLE_TURNS
        : quietTurns >= BUSY_TURNS;
    }
  }

  shutdown(): Promise<void> {
    return this.#shutdown ??= this.#server.shutdown();
  }

  async abort(): Promise<void> {
    // Aborting during a shutdown throws uncatchably; the remaining connections end with the process.
    if (this.#shutdown !== undefined) return;
    this.#abort.abort();
    await this.#server.finished;
  }
}
