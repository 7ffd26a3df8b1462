import type { Listener, ListenerOptions } from "../listener.ts";

/** Length of the accept queue, as far as the operating system permits. */
const BACKLOG = 4096;

/** Handles a request with the platform's information about its connection. */
type HttpHandler = (request: Request, info: Deno.ServeHandlerInfo<Deno.NetAddr>) => Promise<Response>;

/** Platform's HTTP server: HTTP/1.1 and HTTP/2, plain or with TLS. */
export class HttpListener implements Listener {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #abort = new AbortController();
  #shutdown: Promise<void> | undefined;

  /** Starts to listen; throws the platform's error if the address or the certificate cannot be used. */
  constructor(handle: HttpHandler, { hostname, port, tls }: ListenerOptions) {
    const options = { hostname, port, tcpBacklog: BACKLOG, signal: this.#abort.signal, onListen(): void {} };
    this.#server = Deno.serve(tls === undefined ? options : { ...options, ...tls }, handle);
  }

  get addr(): Deno.NetAddr {
    return this.#server.addr;
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
