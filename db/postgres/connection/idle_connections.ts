import type { Connection } from "./connection.ts";

interface Idle {
  readonly connection: Connection;
  /** By performance.now(). */
  readonly since: number;
}

/** Idle connections in LIFO order. Surplus ones stay unused and are closed after the idle timeout. */
export class IdleConnections implements Disposable {
  readonly #timeoutMs: number;
  readonly #surplus: () => number;
  /** Sorted by last use, most recent last. */
  readonly #idle: Idle[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param timeoutMs Idle time after which a connection is closed, in milliseconds; 0 disables it.
   * @param surplus Number of connections that may be closed because they are idle.
   */
  constructor(timeoutMs: number, { surplus }: { readonly surplus: () => number }) {
    this.#timeoutMs = timeoutMs;
    this.#surplus = surplus;
  }

  get length(): number {
    return this.#idle.length;
  }

  /** Adds a connection unless it is already contained. */
  push(connection: Connection): void {
    if (this.#indexOf(connection) >= 0) return;
    this.#idle.push({ connection, since: performance.now() });
    this.#watch();
  }

  /** Takes a usable connection. */
  pop(): Connection | undefined {
    const now = performance.now();
    for (let last = this.#idle.pop(); last !== undefined; last = this.#idle.pop()) {
      if (last.connection.isReady && now < last.connection.expiresAt) return last.connection;
      void last.connection.close();
    }
    return undefined;
  }

  /** Removes a closed connection. */
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
      let surplus = this.#surplus();
      for (const { connection, since } of [...this.#idle]) {
        const isUnused = since + this.#timeoutMs <= now && surplus-- > 0;
        if (isUnused || connection.expiresAt <= now) void connection.close();
      }
      if (this.#idle.length > 0) this.#watch();
    }, this.#timeoutMs / 2);
    Deno.unrefTimer(this.#timer);
  }
}
