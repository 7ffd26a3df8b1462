import { setImmediate } from "node:timers";
import type { Connection } from "./connection.ts";

/** Default of {@link SharedConnections}, chosen by docs/adr/0004-connection-pool.md. */
const defaultPipelined = 8;

/**
 * Maximum number of statements in flight on a connection unless all are fast reads. The server executes them
 * sequentially; pipelining saves round trips and system calls on both sides. With 50 callers on 10 connections it doubled
 * the throughput compared with 1, and more than 5 gained little (measured).
 */
const maxMixed = 5;

/** Time without a response until a connection gets no more statements, in milliseconds. */
const slowMs = 20;

/** Connections that are not exclusive to a transaction. Statements of several callers may be in flight on each. */
export class SharedConnections {
  readonly #connections = new Set<Connection>();
  readonly #maxPipelined: number;
  /** Connection that takes the fast writes of this turn. */
  #filled: Connection | undefined;

  /** @param maxPipelined Maximum number of statements in flight on one connection. */
  constructor(maxPipelined = defaultPipelined) {
    this.#maxPipelined = maxPipelined;
  }

  has(connection: Connection): boolean {
    return this.#connections.has(connection);
  }

  add(connection: Connection): void {
    this.#connections.add(connection);
  }

  delete(connection: Connection): void {
    this.#connections.delete(connection);
  }

  /**
   * Returns the connection with the fewest statements in flight; undefined if all are busy. Slow and full ones are
   * excluded.
   */
  leastBusy(): Connection | undefined {
    const now = performance.now();
    const max = Math.min(this.#maxPipelined, maxMixed);
    let best: Connection | undefined;
    for (const connection of this.#connections) {
      if (connection.running < (best?.running ?? max) && takesMore(connection, now)) best = connection;
    }
    return best;
  }

  /** Returns the fullest connection with only fast reads in flight and room for another one. */
  fullestQuick(): Connection | undefined {
    const now = performance.now();
    let best: Connection | undefined;
    for (const connection of this.#connections) {
      const { running, isQuick } = connection;
      if (!isQuick || running <= (best?.running ?? 0) || running >= this.#maxPipelined) continue;
      if (takesMore(connection, now)) best = connection;
    }
    return best;
  }

  /** Returns the connection of the fast writes of this turn of the event loop, which is found if it has none or is full. */
  filled(find: () => Connection | undefined): Connection | undefined {
    const filled = this.#filled;
    if (filled?.isReady === true && filled.running < this.#maxPipelined && this.has(filled)) return filled;
    if (filled === undefined) setImmediate(() => this.#filled = undefined);
    return this.#filled = find();
  }
}

/** Whether it responds and is not about to be closed. */
function takesMore(connection: Connection, now: number): boolean {
  return now - connection.awaitedSince < slowMs && connection.isReady && now < connection.expiresAt;
}
