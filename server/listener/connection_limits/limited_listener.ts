import type { TrustedProxies } from "../../addresses/trusted_proxies.ts";
import { HttpListener } from "../http_listener.ts";
import type { Handle, Listener, ListenerOptions } from "../../listener.ts";
import type { Logger } from "../../logger.ts";
import type { TlsPair } from "../../tls.ts";
import { ConnectionLimiter, type ConnectionLimits } from "./connection_limiter.ts";
import type { ClientConnection } from "./client_connection.ts";

/** Options of a listener with connection limits. */
export interface LimitedListenerOptions extends ListenerOptions {
  readonly limits: ConnectionLimits;
  /** Proxies that send a header of the PROXY protocol; none if undefined. */
  readonly proxies?: TrustedProxies | undefined;
  readonly logger: Logger;
}

/**
 * Length of the accept queue in the operating system. Large enough for many slow clients that reconnect at once: when
 * it is full, other clients wait a second before they retry.
 */
const BACKLOG = 4096;

/** Loopback address of the HTTP server, reachable only from this machine. */
const UPSTREAM_HOST = "127.0.0.1";

/**
 * HTTP server behind a {@link ConnectionLimiter}. The HTTP server terminates TLS; the limiter forwards encrypted bytes.
 * A new certificate takes effect in a new HTTP server; the old one stops when its last connection has ended.
 */
export class LimitedListener implements Listener {
  readonly #limiter: ConnectionLimiter;
  readonly #handle: Handle;
  readonly #servers = new Set<HttpListener>();
  #server: HttpListener;

  /** Starts to listen; throws the platform's error if the address is unavailable. */
  constructor(handle: Handle, options: LimitedListenerOptions) {
    const { hostname, port, tls, limits, logger, proxies, reusePort = false } = options;
    this.#handle = handle;
    // First, so that nothing has to be undone if the address is in use.
    const listener = Deno.listen({ hostname, port, reusePort, tcpBacklog: BACKLOG });
    try {
      this.#server = this.#serve(tls);
    } catch (error) {
      listener.close();
      throw error;
    }
    this.#limiter = new ConnectionLimiter(listener, {
      limits,
      logger,
      proxies,
      plain: tls === undefined,
      connect: () => Deno.connect({ hostname: UPSTREAM_HOST, port: this.#server.addr.port }),
    });
  }

  get addr(): Deno.NetAddr {
    return this.#limiter.addr;
  }

  /** Uses another certificate for new connections. */
  replaceTls(tls: TlsPair): void {
    const old = this.#server;
    this.#server = this.#serve(tls);
    void this.#retire(old);
  }

  drain(onClosing: () => void): Promise<void> {
    return this.#limiter.drain(onClosing);
  }

  async shutdown(): Promise<void> {
    await this.#limiter.stop();
    await Promise.all([...this.#servers].map((server) => server.shutdown()));
    await this.#limiter.idle();
    await this.#limiter[Symbol.asyncDispose]();
  }

  async abort(): Promise<void> {
    await this.#limiter[Symbol.asyncDispose]();
    await Promise.all([...this.#servers].map((server) => server.abort()));
  }

  async #retire(server: HttpListener): Promise<void> {
    await this.#limiter.settled();
    this.#servers.delete(server);
    await server.shutdown();
  }

  #serve(tls: TlsPair | undefined): HttpListener {
    const server = new HttpListener((request, info) => this.#admit(request, info), {
      hostname: UPSTREAM_HOST,
      port: 0,
      ...(tls === undefined ? {} : { tls }),
    });
    this.#servers.add(server);
    return server;
  }

  #admit(request: Request, info: Deno.ServeHandlerInfo<Deno.NetAddr>): Promise<Response> {
    const connection = this.#limiter.connectionAt(info.remoteAddr.port);
    // A process on this machine has bypassed the limiter.
    if (connection === undefined) return Promise.resolve(new Response(null, { status: 421 }));
    connection.requestStarted(request);
    const permitted = connection.debt.acquire();
    const response = permitted === undefined
      ? this.#respond(request, connection)
      : permitted.then((open) =>
        open ? this.#respond(request, connection) : new Response(null, { status: 503 })
      );
    recordEnd(connection, { response, completed: info.completed });
    return response;
  }

  #respond(request: Request, connection: ClientConnection): Promise<Response> {
    const response = this.#handle(request, connection);
    const release = (): void => connection.debt.release();
    response.then(release, release);
    return response;
  }
}

interface ResponseProgress {
  readonly response: Promise<Response>;
  /** Settles when the HTTP server has taken over the whole response, or the connection has failed. */
  readonly completed: Promise<void>;
}

function recordEnd(connection: ClientConnection, { response, completed }: ResponseProgress): void {
  let end = { closes: false, upgrades: false };
  response.then(({ headers, status }) => {
    end = { closes: headers.get("connection") === "close", upgrades: status === 101 };
  }, () => {});
  const ended = (): void => connection.requestEnded(end);
  completed.then(ended, ended);
}
