import type { Logger } from "../../logger.ts";
import { DropLog, type Refusal } from "./drop_log.ts";
import { ConnectionDeadlines, type ConnectionTimeouts } from "./connection_deadlines.ts";
import { ClientConnection } from "./client_connection.ts";
import { rawResponse } from "./raw_response.ts";

/** How many clients there may be, and how much time they have. */
export interface ConnectionLimits extends ConnectionTimeouts {
  /** Connections at the same time. */
  readonly maxConnections: number;
  /** The same from one address; 0: as many as in all. */
  readonly maxConnectionsPerAddress: number;
}

/** Where a guard passes bytes on to, and what it says. */
export interface ConnectionLimiterOptions {
  readonly limits: ConnectionLimits;
  /** Whether clients speak plain HTTP, so that they can be told why they are sent away. */
  readonly plain: boolean;
  readonly logger: Logger;
  /** Connects to the HTTP server. */
  connect(): Promise<Deno.TcpConn>;
}

/** How long no connection is taken after that failed, in milliseconds; mostly there are no descriptors left. */
const ACCEPT_PAUSE_MS = 50;

/**
 * Stands between clients and the HTTP server, which has no limits of time for them: takes connections, passes bytes on,
 * and ends a connection whose client does not keep its part.
 */
export class ConnectionLimiter implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #options: ConnectionLimiterOptions;
  readonly #deadlines: ConnectionDeadlines;
  readonly #drops: DropLog;
  readonly #connections = new Map<ClientConnection, Promise<void>>();
  /** Those without a request under way, the one that has been so for the longest first. */
  readonly #spare = new Set<ClientConnection>();
  readonly #byLocalPort = new Map<number, ClientConnection>();
  readonly #perAddress = new Map<string, number>();
  readonly #accepting: Promise<void>;
  #stopping = false;

  /** Takes connections from now on. The listener is closed by the guard. */
  constructor(listener: Deno.TcpListener, options: ConnectionLimiterOptions) {
    this.#listener = listener;
    this.#options = options;
    this.#deadlines = new ConnectionDeadlines(options.limits);
    this.#drops = new DropLog(options.logger);
    this.#accepting = this.#accept();
  }

  get addr(): Deno.NetAddr {
    return this.#listener.addr;
  }

  /** How many connections there are. */
  get size(): number {
    return this.#connections.size;
  }

  /** The client's connection that is passed on from a port of this machine. */
  connectionAt(localPort: number): ClientConnection | undefined {
    return this.#byLocalPort.get(localPort);
  }

  /** Takes no more connections, and ends those of which the HTTP server knows nothing. */
  async stop(): Promise<void> {
    if (!this.#stopping) {
      this.#stopping = true;
      this.#listener.close();
      for (const connection of this.#connections.keys()) connection.stop();
    }
    await this.#accepting;
  }

  /** Resolves when those connections have ended that there are now. */
  async settled(): Promise<void> {
    await Promise.all(this.#connections.values());
  }

  /** Resolves when there is no connection. */
  async idle(): Promise<void> {
    while (this.#connections.size > 0) await this.settled();
  }

  /** Ends every connection at once. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    for (const connection of this.#connections.keys()) connection.end();
    await this.idle();
    this.#deadlines[Symbol.dispose]();
    this.#drops[Symbol.dispose]();
  }

  async #accept(): Promise<void> {
    while (!this.#stopping) {
      try {
        this.#admit(await this.#listener.accept());
      } catch {
        if (!this.#stopping) await new Promise((resolve) => setTimeout(resolve, ACCEPT_PAUSE_MS));
      }
    }
  }

  #admit(client: Deno.TcpConn): void {
    const { hostname } = client.remoteAddr;
    const refusal = this.#refusalOf(hostname);
    if (refusal !== undefined) return this.#refuse(client, refusal);
    const connection = new ClientConnection(client, {
      deadlines: this.#deadlines,
      plain: this.#options.plain,
      connect: (connection) => this.#connect(connection),
      onBusy: (connection) => void this.#spare.delete(connection),
      onSpare: (connection) => void this.#spare.add(connection),
      onDropped: (reason) => this.#drops.add(reason),
    });
    this.#spare.add(connection);
    this.#perAddress.set(hostname, (this.#perAddress.get(hostname) ?? 0) + 1);
    this.#connections.set(connection, connection.run().then(() => this.#forget(connection)));
  }

  /** Why a client is not let in. Who has asked for nothing for the longest makes room for a newcomer. */
  #refusalOf(hostname: string): Refusal | undefined {
    const { maxConnections, maxConnectionsPerAddress } = this.#options.limits;
    if (maxConnectionsPerAddress > 0 && (this.#perAddress.get(hostname) ?? 0) >= maxConnectionsPerAddress) {
      return "address";
    }
    if (this.#connections.size < maxConnections) return undefined;
    const [oldest] = this.#spare;
    if (oldest === undefined) return "full";
    this.#spare.delete(oldest);
    oldest.drop("evicted");
    return undefined;
  }

  #refuse(client: Deno.TcpConn, reason: Refusal): void {
    this.#drops.add(reason);
    const said = this.#options.plain ? client.write(rawResponse(503)) : Promise.resolve(0);
    const close = (): void => client.close();
    said.then(close, close);
  }

  async #connect(connection: ClientConnection): Promise<Deno.TcpConn> {
    const server = await this.#options.connect();
    connection.localPort = server.localAddr.port;
    this.#byLocalPort.set(connection.localPort, connection);
    return server;
  }

  #forget(connection: ClientConnection): void {
    this.#connections.delete(connection);
    this.#spare.delete(connection);
    if (this.#byLocalPort.get(connection.localPort) === connection) {
      this.#byLocalPort.delete(connection.localPort);
    }
    const { hostname } = connection.remoteAddr;
    const others = (this.#perAddress.get(hostname) ?? 1) - 1;
    if (others > 0) this.#perAddress.set(hostname, others);
    else this.#perAddress.delete(hostname);
  }
}
