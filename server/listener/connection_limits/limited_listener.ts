import { HttpListener } from "../http_listener.ts";
import type { Handle, Listener, ListenerOptions } from "../../listener.ts";
import type { Logger } from "../../logger.ts";
import type { TlsPair } from "../../tls.ts";
import { ConnectionLimiter, type ConnectionLimits } from "./connection_limiter.ts";
import type { ClientConnection } from "./client_connection.ts";

/** How clients are let in. */
export interface LimitedListenerOptions extends ListenerOptions {
  readonly limits: ConnectionLimits;
  readonly logger: Logger;
}

/**
 * How many connections the operating system keeps until they are taken: enough for all the slow clients that were ended
 * at the same time and come again, for where there is no room a normal one waits a second before it knocks again.
 */
const BACKLOG = 4096;

/** Where the HTTP server behind the guard listens: nobody but this machine reaches it. */
const BEHIND = "127.0.0.1";

/**
 * An HTTP server behind a guard. TLS is the HTTP server's own: the guard passes its bytes on like others. For a new
 * certificate another HTTP server takes its place; the first goes when its last connection has ended.
 */
export class LimitedListener implements Listener {
  readonly #limiter: ConnectionLimiter;
  readonly #handle: Handle;
  readonly #servers = new Set<HttpListener>();
  #server: HttpListener;

  /** Listens from now on. Throws what the platform throws when the address cannot be had. */
  constructor(handle: Handle, { hostname, port, tls, limits, logger }: LimitedListenerOptions) {
    this.#handle = handle;
    // First, so that nothing has to be undone when it is taken.
    const listener = Deno.listen({ hostname, port, tcpBacklog: BACKLOG });
    try {
      this.#server = this.#serve(tls);
    } catch (error) {
      listener.close();
      throw error;
    }
    this.#limiter = new ConnectionLimiter(listener, {
      limits,
      logger,
      plain: tls === undefined,
      connect: () => Deno.connect({ hostname: BEHIND, port: this.#server.addr.port }),
    });
  }

  get addr(): Deno.NetAddr {
    return this.#limiter.addr;
  }

  /** Uses another certificate for connections that are opened from now on. */
  replaceTls(tls: TlsPair): void {
    const old = this.#server;
    this.#server = this.#serve(tls);
    void this.#retire(old);
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
      hostname: BEHIND,
      port: 0,
      ...(tls === undefined ? {} : { tls }),
    });
    this.#servers.add(server);
    return server;
  }

  #admit(request: Request, info: Deno.ServeHandlerInfo<Deno.NetAddr>): Promise<Response> {
    const connection = this.#limiter.connectionAt(info.remoteAddr.port);
    // Somebody on this machine has found the way past the guard.
    if (connection === undefined) return Promise.resolve(new Response(null, { status: 421 }));
    connection.requestBegan();
    const answer = this.#handle(request, connection);
    noteEnd(connection, { answer, completed: info.completed });
    return answer;
  }
}

interface ResponseProgress {
  readonly answer: Promise<Response>;
  /** Settles when the HTTP server has taken the whole answer over, or cannot any more. */
  readonly completed: Promise<void>;
}

function noteEnd(connection: ClientConnection, { answer, completed }: ResponseProgress): void {
  let end = { closes: false, upgrades: false };
  answer.then(({ headers, status }) => {
    end = { closes: headers.get("connection") === "close", upgrades: status === 101 };
  }, () => {});
  const ended = (): void => connection.requestEnded(end);
  completed.then(ended, ended);
}
