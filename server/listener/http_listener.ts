import type { Listener, ListenerOptions } from "../listener.ts";

/** How many connections the operating system keeps until they are taken, so far as it allows so many. */
const BACKLOG = 4096;

/** Answers a request of a connection, with what the platform knows of it. */
type HttpHandler = (request: Request, info: Deno.ServeHandlerInfo<Deno.NetAddr>) => Promise<Response>;

/** The platform's HTTP server: HTTP/1.1 and HTTP/2, in plain or with TLS. */
export class HttpListener implements Listener {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #abort = new AbortController();
  #shutdown: Promise<void> | undefined;

  /** Listens from now on. Throws what the platform throws when the address or the certificate cannot be used. */
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
    // Aborting one that shuts down already throws where nobody can catch it: its connections end with the program.
    if (this.#shutdown !== undefined) return;
    this.#abort.abort();
    await this.#server.finished;
  }
}
