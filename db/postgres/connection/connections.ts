import type { PoolStatus } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import type { Connection } from "./connection.ts";
import { fullestOfQuick, IdleConnections, leastBusy } from "./free_connections.ts";
import { type QueuedCaller, WaitQueue } from "./wait_queue.ts";

/** What {@link Connections} works with. */
export interface ConnectionsOptions {
  /** Opens a connection; rejects where it cannot. */
  readonly open: () => Promise<Connection>;
  /** How many there may be. */
  readonly max: number;
  readonly maxWaiting: number;
  readonly acquireTimeoutMs: number;
  readonly queueTimeoutMs: number;
  /** When an unused connection is closed, in milliseconds; 0: never. */
  readonly idleTimeoutMs: number;
}

/** How {@link Connections.run} treats a statement. */
export interface RunOptions {
  /** Takes it out of the line. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether it is known to be a read that is answered soon: then it goes together with others like it, though there
   * may be an idle connection.
   *
   * @default false
   */
  readonly isQuick?: boolean;
}

/** Somebody who waits for a connection: alone on it, or together with others. */
interface Caller extends QueuedCaller<Connection> {
  readonly alone: boolean;
}

/** How long callers are told at once that the server is away, in milliseconds, before it is tried again. */
const retryAfterMs = 50;

/**
 * The connections to one server: opened when they are needed, shared by statements, lent to transactions, closed when
 * they are old, idle or lost. Who finds none waits in line, for a bounded time and in bounded company.
 */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #all = new Set<Connection>();
  readonly #idle: IdleConnections;
  /** Those that are nobody's own; the others are lent. */
  readonly #shared = new Set<Connection>();
  readonly #line: WaitQueue<Connection, Caller>;
  #opening = 0;
  #failure: { readonly error: DatabaseError; readonly until: number } | undefined;
  #ended: (() => void) | undefined;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    const { maxWaiting, acquireTimeoutMs, queueTimeoutMs, idleTimeoutMs } = options;
    this.#idle = new IdleConnections(idleTimeoutMs);
    this.#line = new WaitQueue({
      max: maxWaiting,
      timeoutMs: acquireTimeoutMs,
      movingTimeoutMs: queueTimeoutMs,
      // Nothing was reached in all the time: that is another message than too many callers.
      refusal: () => this.#all.size === 0 ? unreachable() : saturated(),
    });
  }

  /** What they do now. */
  get status(): PoolStatus {
    const { max } = this.#options;
    return {
      max,
      open: this.#all.size,
      idle: this.#idle.length,
      waiting: this.#line.length,
      waitedMs: this.#line.waitedMs,
    };
  }

  /** How many statements have not been answered yet. */
  get running(): number {
    let running = 0;
    for (const connection of this.#all) running += connection.running;
    return running + this.#line.length;
  }

  /** Whether anybody has something under way. */
  get isBusy(): boolean {
    return this.#line.length > 0 || this.#idle.length < this.#all.size;
  }

  /**
   * Lets `work` send one statement, together with others' on the same connection. Rejects as `work` does, and with
   * code "saturated", "unavailable" or "cancelled" where it was not called.
   */
  run<T>(
    work: (connection: Connection) => Promise<T>,
    { signal, isQuick = false }: RunOptions = {},
  ): Promise<T> {
    const ready = this.#line.length === 0 && this.#ended === undefined
      ? (isQuick ? fullestOfQuick(this.#shared) : undefined) ?? this.#find()
      : undefined;
    if (ready !== undefined) return this.#start(ready, work);
    return new Promise((resolve, reject) => {
      const serve = (connection: Connection): void => resolve(this.#start(connection, work));
      this.#wait({ alone: false, serve, reject, signal });
    });
  }

  /** A connection of one's own, to give back. Rejects as {@link run} does. */
  lend(signal?: AbortSignal): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const serve = (connection: Connection): void => {
        this.#shared.delete(connection);
        resolve(connection);
      };
      const ready = this.#line.length === 0 && this.#ended === undefined ? this.#idle.pop() : undefined;
      if (ready !== undefined) serve(ready);
      else this.#wait({ alone: true, serve, reject, signal });
    });
  }

  /** Gives back what was lent. */
  give(connection: Connection): void {
    if (!this.#isLent(connection)) return;
    this.#shared.add(connection);
    this.#settled(connection);
  }

  /** Closes every connection when what runs has ended, or after so many seconds. Whoever waits is told at once. */
  async end({ timeout }: { readonly timeout: number }): Promise<void> {
    const drained = Promise.withResolvers<void>();
    this.#ended = drained.resolve;
    this.#line.clear(unreachable());
    this.#idle[Symbol.dispose]();
    if (!this.#isDrained && timeout > 0) {
      const timer = setTimeout(drained.resolve, timeout * 1000);
      await drained.promise;
      clearTimeout(timer);
    }
    await Promise.all([...this.#all].map((connection) => connection.close()));
  }

  get #isDrained(): boolean {
    return this.#opening === 0 && !this.isBusy;
  }

  #isLent(connection: Connection): boolean {
    return this.#all.has(connection) && !this.#shared.has(connection);
  }

  /** Whether there may be more than there are: as far as is configured, and as the server has not just refused. */
  get #mayGrow(): boolean {
    return this.#all.size < this.#options.max &&
      (this.#failure === undefined || performance.now() >= this.#failure.until);
  }

  #wait(caller: Caller): void {
    if (this.#ended !== undefined) return caller.reject(unreachable());
    const failure = this.#failure;
    if (this.#all.size === 0 && failure !== undefined && !this.#mayGrow) {
      // Not before others had their turn: who tries again without a pause would keep answers from being read.
      setTimeout(() => caller.reject(failure.error), 0);
      return;
    }
    this.#line.join(caller);
    if (this.#opening < this.#line.length) this.#grow();
  }

  #start<T>(connection: Connection, work: (connection: Connection) => Promise<T>): Promise<T> {
    const result = work(connection);
    // It sent nothing after all.
    if (connection.running === 0) this.#settled(connection);
    return result;
  }

  #find(): Connection | undefined {
    // Sharing is for the time when there may be no more: what is opened now holds up nobody.
    return this.#idle.pop() ?? (this.#mayGrow ? undefined : leastBusy(this.#shared));
  }

  /** Opens one more where there may be one. */
  #grow(): void {
    const isFull = this.#all.size + this.#opening >= this.#options.max;
    if (isFull || !this.#mayGrow || this.#ended !== undefined) return;
    this.#opening++;
    this.#options.open().then((connection) => {
      this.#opening--;
      this.#failure = undefined;
      this.#add(connection);
    }, (error: DatabaseError) => {
      this.#opening--;
      this.#failure = { error, until: performance.now() + retryAfterMs };
      // Another one that is being opened may still succeed.
      if (this.#all.size + this.#opening === 0) this.#line.clear(error);
      if (this.#isDrained) this.#ended?.();
    });
  }

  #add(connection: Connection): void {
    if (this.#ended !== undefined) {
      void connection.close().finally(this.#ended);
      return;
    }
    this.#all.add(connection);
    this.#shared.add(connection);
    connection.onSettled = (settled): void => this.#settled(settled);
    connection.onClosed = (closed): void => this.#remove(closed);
    this.#settled(connection);
  }

  #settled(connection: Connection): void {
    if (this.#isLent(connection)) return;
    if (connection.running === 0) this.#rest(connection);
    this.#serve();
    if (this.#isDrained) this.#ended?.();
  }

  /** Puts a connection that has nothing to do aside. */
  #rest(connection: Connection): void {
    if (!connection.isReady) return;
    const isOver = this.#ended !== undefined || performance.now() >= connection.expiresAt;
    if (isOver) void connection.close();
    else this.#idle.push(connection);
  }

  /** Lets whoever waits go on, in the order they came. */
  #serve(): void {
    while (this.#line.length > 0) {
      const { first } = this.#line;
      if (first === undefined) break;
      const connection = first.alone ? this.#idle.pop() : this.#find();
      if (connection === undefined) break;
      this.#line.serve(first, connection);
    }
    if (this.#opening < this.#line.length) this.#grow();
    // The last connection is gone, and the server has just refused another one.
    if (this.#all.size + this.#opening === 0 && this.#failure !== undefined) {
      this.#line.clear(this.#failure.error);
    }
  }

  #remove(connection: Connection): void {
    this.#all.delete(connection);
    this.#shared.delete(connection);
    this.#idle.delete(connection);
    this.#serve();
    if (this.#isDrained) this.#ended?.();
  }
}

function unreachable(): DatabaseError {
  return new DatabaseError("unavailable", "The database cannot be reached");
}

function saturated(): DatabaseError {
  return new DatabaseError("saturated", "No connection to the database came free in time");
}
