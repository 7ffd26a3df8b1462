import type { Connection } from "./connection.ts";

interface Idle {
  readonly connection: Connection;
  /** By performance.now(). */
  readonly since: number;
}

/**
 * Connections with nothing to do. The one used last is used next, so that those that are not needed stay unused and
 * are closed after a while.
 */
export class IdleConnections implements Disposable {
  readonly #timeoutMs: number;
  /** The one used last at the end. */
  readonly #idle: Idle[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param timeoutMs When an unused connection is closed, in milliseconds; 0: never. */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  get length(): number {
    return this.#idle.length;
  }

  /** Puts one aside, unless it is there already. */
  push(connection: Connection): void {
    if (this.#indexOf(connection) >= 0) return;
    this.#idle.push({ connection, since: performance.now() });
    this.#watch();
  }

  /** Takes one that can be used. */
  pop(): Connection | undefined {
    const now = performance.now();
    for (let last = this.#idle.pop(); last !== undefined; last = this.#idle.pop()) {
      if (last.connection.isReady && now < last.connection.expiresAt) return last.connection;
      void last.connection.close();
    }
    return undefined;
  }

  /** Forgets one that is gone. */
  delete(connection: Connection): void {
    const index = this.#indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
  }

  /** Closes all of them. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    for (const { connection } of this.#idle.splice(0)) void connection.close();
  }

  #indexOf(connection: Connection): number {
    return this.#idle.findIndex((idle) => idle.connection === connection);
  }

  #watch(): void {
    if (this.#timeoutMs === 0 || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const now = performance.now();
      const isOver = ({ connection, since }: Idle): boolean =>
        since + this.#timeoutMs <= now || connection.expiresAt <= now;
      for (const { connection } of this.#idle.filter(isOver)) void connection.close();
      if (this.#idle.length > 0) this.#watch();
    }, this.#timeoutMs / 2);
    Deno.unrefTimer(this.#timer);
  }
}

/**
 * How many statements may be under way on one connection. The server works on them one after the other; sending them
 * together saves both sides reading and writing each alone. With 50 callers on 10 connections that doubled the
 * throughput against 1, and more than 5 gained little (measured).
 */
const maxPipelined = 5;

/** What has waited so long for an answer, in milliseconds, gets no further statement to hold up. */
const slowMs = 20;

/** Of some connections that are nobody's own, the one that a further statement does not have to wait long for. */
export function leastBusy(connections: Iterable<Connection>): Connection | undefined {
  const now = performance.now();
  let best: Connection | undefined;
  for (const connection of connections) {
    if (connection.running < (best?.running ?? maxPipelined) && takesMore(connection, now)) best = connection;
  }
  return best;
}

/** Of some connections that are nobody's own, the fullest that has only quick reads under way and room for another. */
export function fullestOfQuick(connections: Iterable<Connection>): Connection | undefined {
  const now = performance.now();
  let best: Connection | undefined;
  for (const connection of connections) {
    const { running, isQuick } = connection;
    if (!isQuick || running <= (best?.running ?? 0) || running >= maxPipelined) continue;
    if (takesMore(connection, now)) best = connection;
  }
  return best;
}

/** Whether it answers and is not about to be closed. */
function takesMore(connection: Connection, now: number): boolean {
  return now - connection.awaitedSince < slowMs && connection.isReady && now < connection.expiresAt;
}
