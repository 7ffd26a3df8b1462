import type { PoolStatus } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import type { Connection } from "./connection.ts";
import { ConnectionAttempts } from "./connection_attempts.ts";
import { IdleConnections } from "./idle_connections.ts";
import type { QuickKind } from "./sent_statements.ts";
import { SharedConnections } from "./shared_connections.ts";
import { unreachable } from "./statement_errors.ts";
import { type QueuedCaller, WaitQueue } from "./wait_queue.ts";

/** Options of {@link Connections}. */
export interface ConnectionsOptions {
  /** Opens a connection. Rejects when the signal aborts, after which nothing of it is open. */
  readonly open: (signal: AbortSignal) => Promise<Connection>;
  /** Maximum number of connections. */
  readonly max: number;
  /** Number of connections that are opened in advance and kept although idle. */
  readonly min: number;
  readonly maxWaiting: number;
  readonly acquireTimeoutMs: number;
  readonly queueTimeoutMs: number;
  /** Idle time after which a connection is closed, in milliseconds; 0 disables it. */
  readonly idleTimeoutMs: number;
  /**
   * Maximum number of statements in flight on one connection. Only fast reads share a connection that much.
   *
   * @default 8
   */
  readonly maxPipelined?: number | undefined;
  /** Time after which another attempt to connect is made beside one in progress, in milliseconds. */
  readonly silentMs: number;
  /** Called every now and then while the response to a statement is overdue. */
  readonly onSilent?: () => void;
}

/** Options of {@link Connections.run}. */
export interface RunOptions {
  /** Removes it from the wait queue. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Kind of the statement if it is known to be fast. Fast reads are pipelined with others even if a connection is idle,
   * and fast writes with those of the same turn of the event loop.
   *
   * @default anything
   */
  readonly quick?: QuickKind | undefined;
}

/** Caller that waits for a connection, exclusive or shared. */
interface Caller extends QueuedCaller<Connection> {
  readonly alone: boolean;
}

/**
 * Connections to one server, shared by statements and exclusive to transactions. They are opened on demand, and closed
 * when expired, idle or lost. Callers without a connection wait in a bounded queue for a bounded time.
 */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #all = new Set<Connection>();
  readonly #idle: IdleConnections;
  /** The others are exclusive to a transaction. */
  readonly #shared: SharedConnections;
  readonly #queue: WaitQueue<Connection, Caller>;
  readonly #attempts: ConnectionAttempts;
  #ended: (() => void) | undefined;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#shared = new SharedConnections(options.maxPipelined);
    const { maxWaiting, acquireTimeoutMs, queueTimeoutMs, idleTimeoutMs, min } = options;
    this.#idle = new IdleConnections(idleTimeoutMs, { surplus: () => this.#all.size - min });
    this.#queue = new WaitQueue({
      max: maxWaiting,
      timeoutMs: acquireTimeoutMs,
      saturatedTimeoutMs: queueTimeoutMs,
      // Without any connection, the server is the problem and not the number of callers.
      refusal: () => this.#all.size === 0 ? unreachable() : saturated(),
    });
    this.#attempts = new ConnectionAttempts({
      open: options.open,
      silentMs: options.silentMs,
      onOpened: (connection) => this.#add(connection),
      onFailed: (error) => this.#fail(error),
      onLate: () => this.#serve(),
    });
    this.#fill();
  }

  /** Every open connection. */
  get all(): readonly Connection[] {
    return [...this.#all];
  }

  /** Current state of the pool. */
  get status(): PoolStatus {
    const { max } = this.#options;
    return {
      max,
      open: this.#all.size,
      idle: this.#idle.length,
      waiting: this.#queue.length,
      waitedMs: this.#queue.waitedMs,
    };
  }

  /** Number of statements without a response yet, including waiting ones. */
  get running(): number {
    let running = 0;
    for (const connection of this.#all) running += connection.running;
    return running + this.#queue.length;
  }

  /** Whether any connection or caller has unfinished work. */
  get isBusy(): boolean {
    return this.#queue.length > 0 || this.#idle.length < this.#all.size;
  }

  /**
   * Lets `work` send one statement on a shared connection. Rejects as `work` does, or with code "saturated",
   * "unavailable" or "cancelled" if it was not called.
   */
  run<T>(
    work: (connection: Connection) => Promise<T>,
    { signal, quick }: RunOptions = {},
  ): Promise<T> {
    const ready = this.#queue.length === 0 && this.#ended === undefined ? this.#findFor(quick) : undefined;
    if (ready !== undefined) return this.#start(ready, work);
    return new Promise((resolve, reject) => {
      const serve = (connection: Connection): void => resolve(this.#start(connection, work));
      this.#wait({ alone: false, serve, reject, signal });
    });
  }

  /** Returns an exclusive connection, which must be released; undefined if none is idle. */
  acquireIdle(): Connection | undefined {
    const ready = this.#queue.length === 0 && this.#ended === undefined ? this.#idle.pop() : undefined;
    if (ready !== undefined) this.#shared.delete(ready);
    return ready;
  }

  /** Waits for an exclusive connection, which must be released. Rejects as {@link run} does. */
  acquire(signal?: AbortSignal): Promise<Connection> {
    const ready = this.acquireIdle();
    if (ready !== undefined) return Promise.resolve(ready);
    return new Promise((resolve, reject) => {
      const serve = (connection: Connection): void => {
        this.#shared.delete(connection);
        resolve(connection);
      };
      this.#wait({ alone: true, serve, reject, signal });
    });
  }

  /** Releases an exclusive connection. */
  release(connection: Connection): void {
    if (!this.#isExclusive(connection)) return;
    this.#shared.add(connection);
    this.#settled(connection);
  }

  /** Closes every connection after running work, or after the timeout in seconds. Waiting callers are rejected. */
  async end({ timeout }: { readonly timeout: number }): Promise<void> {
    const drained = Promise.withResolvers<void>();
    this.#ended = drained.resolve;
    this.#queue.clear(unreachable());
    this.#idle[Symbol.dispose]();
    this.#attempts.giveUp();
    if (!this.#isDrained && timeout > 0) {
      const timer = setTimeout(drained.resolve, timeout * 1000);
      await drained.promise;
      clearTimeout(timer);
    }
    await Promise.all([...this.#all].map((connection) => connection.close()));
  }

  get #isDrained(): boolean {
    return this.#attempts.length === 0 && !this.isBusy;
  }

  #isExclusive(connection: Connection): boolean {
    return this.#all.has(connection) && !this.#shared.has(connection);
  }

  /** Whether another connection may be opened: below the maximum, and not just after a failure. */
  get #mayGrow(): boolean {
    return this.#all.size < this.#options.max && this.#attempts.mayStart;
  }

  #wait(caller: Caller): void {
    if (this.#ended !== undefined) return caller.reject(unreachable());
    const { failure } = this.#attempts;
    if (this.#all.size === 0 && failure !== undefined && !this.#mayGrow) {
      // Deferred, since a caller that retries without a pause would keep responses from being read.
      setTimeout(() => caller.reject(failure), 0);
      return;
    }
    this.#queue.enqueue(caller);
    this.#growForCallers();
  }

  #start<T>(connection: Connection, work: (connection: Connection) => Promise<T>): Promise<T> {
    const result = work(connection);
    // It sent no statement.
    if (connection.running === 0) this.#settled(connection);
    return result;
  }

  #findFor(quick: QuickKind | undefined): Connection | undefined {
    if (quick === "read") return this.#shared.fullestQuick() ?? this.#find();
    return quick === "write" ? this.#shared.filled(() => this.#find()) : this.#find();
  }

  #find(): Connection | undefined {
    // Connections are only shared at the maximum: until then, opening another one delays no statement.
    return this.#idle.pop() ?? (this.#mayGrow ? undefined : this.#shared.leastBusy());
  }

  /** Opens the minimum of connections. After a failure, the next lost connection or caller is the next attempt. */
  #fill(): void {
    for (let count = this.#all.size + this.#attempts.length; count < this.#options.min; count++) this.#grow();
  }

  /** Opens another connection if a waiting caller may get none of those that are being opened. */
  #growForCallers(): void {
    if (this.#attempts.prompt < this.#queue.length) this.#grow();
  }

  /** Opens another connection if allowed. */
  #grow(): void {
    if (!this.#mayGrow || this.#ended !== undefined) return;
    if (this.#all.size + this.#attempts.length < this.#options.max) this.#attempts.start();
    else this.#attempts.makeRoom();
  }

  #fail(error: DatabaseError): void {
    // Another attempt in progress may still succeed.
    if (this.#all.size + this.#attempts.length === 0) this.#queue.clear(error);
    this.#serve();
  }

  #add(connection: Connection): void {
    if (this.#ended !== undefined) {
      void connection.close().finally(() => this.#serve());
      return;
    }
    this.#all.add(connection);
    this.#shared.add(connection);
    connection.onSettled = (settled): void => this.#settled(settled);
    connection.onClosed = (closed): void => this.#remove(closed);
    connection.onSilent = (): void => this.#options.onSilent?.();
    // The server may have ended the session right after its first response.
    if (connection.isOpen) this.#settled(connection);
    else this.#remove(connection);
  }

  #settled(connection: Connection): void {
    if (this.#isExclusive(connection)) return;
    if (connection.running === 0) this.#rest(connection);
    this.#serve();
  }

  /** Returns a connection without work to the idle ones. */
  #rest(connection: Connection): void {
    if (!connection.isReady) return;
    const isOver = this.#ended !== undefined || performance.now() >= connection.expiresAt;
    if (isOver) void connection.close();
    else this.#idle.push(connection);
  }

  /** Serves waiting callers in order of arrival, after a change of what is open or being opened. */
  #serve(): void {
    while (this.#queue.length > 0) {
      const { first } = this.#queue;
      if (first === undefined) break;
      const connection = first.alone ? this.#idle.pop() : this.#find();
      if (connection === undefined) break;
      this.#queue.serve(first, connection);
    }
    this.#growForCallers();
    // The last connection is lost, and the server has just refused another one.
    if (this.#all.size + this.#attempts.length === 0 && this.#attempts.failure !== undefined) {
      this.#queue.clear(this.#attempts.failure);
    }
    if (this.#isDrained) this.#ended?.();
  }

  #remove(connection: Connection): void {
    this.#all.delete(connection);
    this.#shared.delete(connection);
    this.#idle.delete(connection);
    this.#serve();
    this.#fill();
  }
}

function saturated(): DatabaseError {
  return new DatabaseError("saturated", "No database connection became available in time");
}
