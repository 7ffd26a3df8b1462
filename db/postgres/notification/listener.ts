import type { ListenOptions, ListenState } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import type { Connection } from "../connection/connection.ts";
import type { NotificationHub } from "./notification_hub.ts";

/** Options of a {@link Listener}. */
export interface ListenerOptions extends ListenOptions {
  readonly hub: NotificationHub;
  /** Opens a connection to the primary; undefined behind a pooler, which keeps no session. */
  readonly connect: (() => Promise<Connection>) | undefined;
  /** Whether a connection still leads to the primary. */
  readonly isCurrent: (connection: Connection) => boolean;
  /** Maximum response time of the server in milliseconds. The connection is dropped after it. */
  readonly timeoutMs: number;
  readonly onEnd: () => void;
}

/** Interval of health probes: a server that hangs does not close the connection. */
const PROBE_MS = 5_000;

/** Delay of reconnects in milliseconds, doubled up to the maximum. */
const RETRY_MS = { first: 50, last: 5_000 };

/**
 * Listens on a dedicated connection. Notifications may have been missed before each connection, so it starts with one.
 */
export class Listener implements AsyncDisposable {
  readonly #options: ListenerOptions;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #state: ListenState | undefined;

  constructor(channel: string, options: ListenerOptions) {
    this.#options = options;
    this.#done = this.#run(channel);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #run(channel: string): Promise<void> {
    const { hub, onNotify, onEnd } = this.#options;
    using _listening = hub.add(channel, onNotify);
    let retryMs = RETRY_MS.first;
    while (!this.#stop.signal.aborted) {
      const outcome = await this.#listen(channel);
      if (this.#stop.signal.aborted) break;
      this.#report(outcome === "impossible" ? outcome : "lost");
      if (outcome === "impossible") break;
      retryMs = outcome === "lost" ? RETRY_MS.first : Math.min(retryMs * 2, RETRY_MS.last);
      await pause(retryMs * (0.5 + Math.random() / 2), this.#stop.signal);
    }
    // The hub still delivers notifications from the shared session of an embedded database.
    if (!this.#stop.signal.aborted) await pause(Infinity, this.#stop.signal);
    onEnd();
  }

  /** Listens until the connection is lost. */
  async #listen(channel: string): Promise<"impossible" | "failed" | "lost"> {
    const { connect, onNotify } = this.#options;
    if (connect === undefined) return "impossible";
    try {
      await using connection = await this.#open(connect);
      // Behind a pooler, the next user of the session would receive the notifications.
      if (connection.isPooled) return "impossible";
      await connection.query(`LISTEN ${channel}`, [], { signal: this.#stop.signal });
      this.#report("listening");
      onNotify();
      await this.#untilLost(connection, channel);
      return "lost";
    } catch {
      // Retried by the caller, which reports the state "lost" in the meantime.
      return "failed";
    }
  }

  /** Connects. Disposing the listener does not wait for a server that does not respond. */
  async #open(connect: () => Promise<Connection>): Promise<Connection & AsyncDisposable> {
    const opening = connect();
    const connection = await Promise.race([opening, pause(Infinity, this.#stop.signal)]);
    if (connection === undefined) {
      opening.then((late) => late.close(), () => {});
      throw new DatabaseError("cancelled", "The listener was closed");
    }
    return Object.assign(connection, { [Symbol.asyncDispose]: () => connection.close() });
  }

  async #untilLost(connection: Connection, channel: string): Promise<void> {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    connection.onClosed = (): void => resolve();
    while (connection.isOpen && !this.#stop.signal.aborted && this.#options.isCurrent(connection)) {
      await pause(PROBE_MS, this.#stop.signal, closed);
      if (connection.isOpen && !this.#stop.signal.aborted) await this.#probe(connection, channel);
    }
  }

  /** Rejects when the server does not respond or has become a standby. */
  async #probe(connection: Connection, channel: string): Promise<void> {
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(this.#options.timeoutMs)]);
    const { rows: [row] } = await connection.query<{ standby: boolean }>(
      // For those who read pg_stat_activity, which shows the last statement of a session.
      `SELECT pg_is_in_recovery() AS standby /* LISTEN ${channel} */`,
      [],
      { signal },
    );
    if (row?.standby !== false) throw new DatabaseError("unavailable", "The server is not the primary");
  }

  #report(state: ListenState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onState?.(state);
  }
}

/** Waits until the time is over, the signal aborts or `ended` resolves. */
async function pause(milliseconds: number, signal: AbortSignal, ended?: Promise<void>): Promise<undefined> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = milliseconds === Infinity ? undefined : setTimeout(resolve, milliseconds);
  const ends = (): void => resolve();
  signal.addEventListener("abort", ends, { once: true });
  try {
    await Promise.race(ended === undefined ? [promise] : [promise, ended]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", ends);
  }
}
