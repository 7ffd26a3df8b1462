import { networkOf } from "../../addresses/network_of.ts";
import type { TrustedProxies } from "../../addresses/trusted_proxies.ts";
import type { Logger } from "../../logger.ts";
import { DropLog, type RejectReason } from "./drop_log.ts";
import { ConnectionDeadlines, type ConnectionTimeouts } from "./connection_deadlines.ts";
import { ClientConnection } from "./client_connection.ts";
import { rawResponse } from "./raw_response.ts";

/** Limits and timeouts of client connections. */
export interface ConnectionLimits extends ConnectionTimeouts {
  /** Maximum number of concurrent connections. */
  readonly maxConnections: number;
  /** Maximum number of concurrent connections from one address, or IPv6 network (/64); 0 for no separate limit. */
  readonly maxConnectionsPerAddress: number;
}

/** Options of a connection limiter. */
export interface ConnectionLimiterOptions {
  readonly limits: ConnectionLimits;
  /** Whether clients use plain HTTP, so that rejected ones can be sent a response. */
  readonly plain: boolean;
  readonly logger: Logger;
  /** Proxies that send a header of the PROXY protocol; none if undefined. */
  readonly proxies?: TrustedProxies | undefined;
  /** Connects to the HTTP server. */
  connect(): Promise<Deno.TcpConn>;
}

/** Pause after a failure to accept, typically for lack of file descriptors, in milliseconds. */
const ACCEPT_PAUSE_MS = 50;

/** Maximum time to accept the connections that are being made when a drain begins, in milliseconds. */
const MAX_ACCEPT_MS = 250;

/** Maximum duration of a turn of the event loop whose timer was not delayed, in milliseconds. */
const SHORT_TURN_MS = 4;

/**
 * Times during which a drain waits for requests on connections: for the first one, which a distant client sends a round
 * trip or two after it has connected, and for a further one on an idle connection, in milliseconds.
 */
const EXPECT_MS = { first: 1_500, further: 250 };

/** Interval between checks of a drain, in milliseconds. */
const DRAIN_POLL_MS = 10;

/**
 * Proxy in front of the HTTP server, which has no connection timeouts of its own. It accepts connections, forwards
 * their bytes, and closes those that exceed the limits.
 */
export class ConnectionLimiter implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #options: ConnectionLimiterOptions;
  readonly #deadlines: ConnectionDeadlines;
  readonly #drops: DropLog;
  readonly #connections = new Map<ClientConnection, Promise<void>>();
  /** Connections without a request in flight, longest idle first. */
  readonly #idleConnections = new Set<ClientConnection>();
  readonly #byLocalPort = new Map<number, ClientConnection>();
  /** Networks of the connections whose client is known. */
  readonly #networks = new Map<ClientConnection, string>();
  readonly #perNetwork = new Map<string, number>();
  readonly #accepting: Promise<void>;
  /** Number of connections accepted so far. */
  #accepted = 0;
  #closed = false;

  /** Starts to accept connections; takes ownership of the listener. */
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

  /** Number of connections. */
  get size(): number {
    return this.#connections.size;
  }

  /** Returns the client connection that is forwarded from a local port. */
  connectionAt(localPort: number): ClientConnection | undefined {
    return this.#byLocalPort.get(localPort);
  }

  /**
   * Stops accepting, and resolves when no request is expected on any connection, after at most two seconds. Connections
   * are reused until it has stopped accepting, so that clients make few new ones, which closing the listener could reset.
   *
   * @param onClosing Called when it has stopped accepting.
   */
  async drain(onClosing: () => void): Promise<void> {
    await this.#acceptRemaining();
    this.#close();
    onClosing();
    await this.#accepting;
    const closedAt = performance.now();
    const isExpecting = ({ expected }: ClientConnection): boolean =>
      expected !== undefined && performance.now() - closedAt < EXPECT_MS[expected];
    while ([...this.#connections.keys()].some(isExpecting)) await pause(DRAIN_POLL_MS);
  }

  /** Stops accepting, and closes connections without a request. */
  async stop(): Promise<void> {
    this.#close();
    for (const connection of this.#connections.keys()) connection.stop();
    await this.#accepting;
  }

  /** Resolves when all current connections have ended. */
  async settled(): Promise<void> {
    await Promise.all(this.#connections.values());
  }

  /** Resolves when there are no connections. */
  async idle(): Promise<void> {
    while (this.#connections.size > 0) await this.settled();
  }

  /** Closes all connections immediately. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    for (const connection of this.#connections.keys()) connection.end();
    await this.idle();
    this.#deadlines[Symbol.dispose]();
    this.#drops[Symbol.dispose]();
  }

  async #accept(): Promise<void> {
    while (!this.#closed) {
      try {
        const client = await this.#listener.accept();
        this.#accepted++;
        this.#admit(client);
      } catch {
        if (!this.#closed) await pause(ACCEPT_PAUSE_MS);
      }
    }
  }

  /**
   * Resolves in a quiet moment, because closing the listener resets connections that are not accepted yet. A turn of the
   * event loop without an accepted connection proves that there are none, unless it has taken long.
   */
  async #acceptRemaining(): Promise<void> {
    const startedAt = performance.now();
    let quietTurns = 0;
    for (let now = startedAt; now - startedAt < MAX_ACCEPT_MS;) {
      const accepted = this.#accepted;
      await pause(0);
      const turnMs = performance.now() - now;
      now += turnMs;
      quietTurns = accepted === this.#accepted && turnMs < SHORT_TURN_MS ? quietTurns + 1 : 0;
      // At a high rate there may be no two in a row.
      if (this.#closed || quietTurns === 2 || (quietTurns === 1 && now - startedAt > MAX_ACCEPT_MS / 2)) {
        return;
      }
    }
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener.close();
  }

  #admit(client: Deno.TcpConn): void {
    const { hostname } = client.remoteAddr;
    const proxied = this.#options.proxies?.includes(hostname) ?? false;
    const reason = (proxied ? undefined : this.#networkRejection(hostname)) ?? this.#rejectionReason();
    if (reason !== undefined) return this.#reject(client, reason);
    const connection = new ClientConnection(client, {
      deadlines: this.#deadlines,
      plain: this.#options.plain,
      proxied,
      onProxied: (connection) => this.#admitProxied(connection),
      connect: (connection) => this.#connect(connection),
      onBusy: (connection) => void this.#idleConnections.delete(connection),
      onIdle: (connection) => void this.#idleConnections.add(connection),
      onDropped: (reason) => this.#drops.add(reason),
    });
    this.#idleConnections.add(connection);
    if (!proxied) this.#count(connection);
    this.#connections.set(connection, connection.run().then(() => this.#remove(connection)));
  }

  /** Counts a proxied connection for its client; closes it and returns false if the client has too many. */
  #admitProxied(connection: ClientConnection): boolean {
    const reason = this.#networkRejection(connection.remoteAddr.hostname);
    if (reason === undefined) {
      this.#count(connection);
      return true;
    }
    this.#drops.add(reason);
    connection.end();
    return false;
  }

  #count(connection: ClientConnection): void {
    const network = networkOf(connection.remoteAddr.hostname);
    this.#networks.set(connection, network);
    this.#perNetwork.set(network, (this.#perNetwork.get(network) ?? 0) + 1);
  }

  #networkRejection(hostname: string): RejectReason | undefined {
    const { maxConnectionsPerAddress: limit } = this.#options.limits;
    if (limit === 0) return undefined;
    return (this.#perNetwork.get(networkOf(hostname)) ?? 0) >= limit ? "perAddress" : undefined;
  }

  /** Returns the reason for rejecting a client, if any. At the limit, the longest-idle connection is evicted. */
  #rejectionReason(): RejectReason | undefined {
    if (this.#connections.size < this.#options.limits.maxConnections) return undefined;
    const [oldest] = this.#idleConnections;
    if (oldest === undefined) return "full";
    this.#idleConnections.delete(oldest);
    oldest.drop("evicted");
    return undefined;
  }

  #reject(client: Deno.TcpConn, reason: RejectReason): void {
    this.#drops.add(reason);
    const written = this.#options.plain ? client.write(rawResponse(503)) : Promise.resolve(0);
    const close = (): void => client.close();
    written.then(close, close);
  }

  async #connect(connection: ClientConnection): Promise<Deno.TcpConn> {
    const server = await this.#options.connect();
    connection.localPort = server.localAddr.port;
    this.#byLocalPort.set(connection.localPort, connection);
    return server;
  }

  #remove(connection: ClientConnection): void {
    this.#connections.delete(connection);
    this.#idleConnections.delete(connection);
    if (this.#byLocalPort.get(connection.localPort) === connection) {
      this.#byLocalPort.delete(connection.localPort);
    }
    const network = this.#networks.get(connection);
    if (network === undefined) return;
    this.#networks.delete(connection);
    const others = (this.#perNetwork.get(network) ?? 1) - 1;
    if (others > 0) this.#perNetwork.set(network, others);
    else this.#perNetwork.delete(network);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
