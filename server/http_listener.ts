import type { Listener, ListenerOptions } from "./listener.ts";

/** Answers a request of a connection, with what the platform knows of it. */
type HttpHandler = (request: Request, info: Deno.ServeHandlerInfo<Deno.NetAddr>) => Promise<Response>;

/** The platform's HTTP server: HTTP/1.1 and HTTP/2, in plain or with TLS. */
export class HttpListener implements Listener {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #abort = new AbortController();
  #finished = false;

  /** Listens from now on. Throws what the platform throws when the address or the certificate cannot be used. */
  constructor(handle: HttpHandler, { hostname, port, tls }: ListenerOptions) {
    const options = { hostname, port, signal: this.#abort.signal, onListen(): void {} };
    this.#server = Deno.serve(tls === undefined ? options : { ...options, ...tls }, handle);
    this.#server.finished.then(() => this.#finished = true);
  }

  get addr(): Deno.NetAddr {
    return this.#server.addr;
  }

  shutdown(): Promise<void> {
    return this.#server.shutdown();
  }

  async abort(): Promise<void> {
    // Only one that has not ended by itself: aborting one that has is a fault of its own.
    if (!this.#finished) this.#abort.abort();
    await this.#server.finished;
  }
}
