import type { ListenOptions, ListenState } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import type { Connection } from "../connection/connection.ts";
import type { NotificationHub } from "./notification_hub.ts";

/** What a listener works with besides the channel. */
export interface ListenerOptions extends ListenOptions {
  readonly hub: NotificationHub;
  /** Opens a connection to the primary; undefined: there is nobody who would keep a session for it. */
  readonly connect: (() => Promise<Connection>) | undefined;
  /** Whether a connection still leads to the primary. */
  readonly isCurrent: (connection: Connection) => boolean;
  /** How long the server may take to answer, in milliseconds, before the connection is given up. */
  readonly timeoutMs: number;
  readonly onEnd: () => void;
}

/** How often it is asked whether the server is still there: one that stands still closes no connection. */
const PROBE_MS = 5_000;

/** How long after a connection was lost the next one is opened, in milliseconds: doubled every time, up to the last. */
const RETRY_MS = { first: 50, last: 5_000 };

/**
 * Listens on a connection of its own. What may have been missed while there was none counts as a notification, so each
 * connection begins with one.
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
      this.#tell(outcome === "impossible" ? outcome : "lost");
      if (outcome === "impossible") break;
      retryMs = outcome === "lost" ? RETRY_MS.first : Math.min(retryMs * 2, RETRY_MS.last);
      await pause(retryMs * (0.5 + Math.random() / 2), this.#stop.signal);
    }
    // An embedded database goes on to tell what its one session listens to.
    if (!this.#stop.signal.aborted) await pause(Infinity, this.#stop.signal);
    onEnd();
  }

  /** Listens as long as one connection lasts. */
  async #listen(channel: string): Promise<"impossible" | "failed" | "lost"> {
    const { connect, onNotify } = this.#options;
    if (connect === undefined) return "impossible";
    try {
      await using connection = await this.#open(connect);
      // Behind a pooler whoever is given the session next would hear it.
      if (await connection.isPooled()) return "impossible";
      await connection.query(`LISTEN ${channel}`, [], { signal: this.#stop.signal });
      this.#tell("listening");
      onNotify();
      await this.#untilLost(connection);
      return "lost";
    } catch {
      // What fails here is tried again, and who listens is told that it hears nothing meanwhile.
      return "failed";
    }
  }

  /** Nobody who ends the listening has to wait for a server that does not answer. */
  async #open(connect: () => Promise<Connection>): Promise<Connection & AsyncDisposable> {
    const opening = connect();
    const connection = await Promise.race([opening, pause(Infinity, this.#stop.signal)]);
    if (connection === undefined) {
      opening.then((late) => late.close(), () => {});
      throw new DatabaseError("cancelled", "Nobody listens any more");
    }
    return Object.assign(connection, { [Symbol.asyncDispose]: () => connection.close() });
  }

  async #untilLost(connection: Connection): Promise<void> {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    connection.onClosed = (): void => resolve();
    while (connection.isOpen && !this.#stop.signal.aborted && this.#options.isCurrent(connection)) {
      await pause(PROBE_MS, this.#stop.signal, closed);
      if (connection.isOpen && !this.#stop.signal.aborted) await this.#probe(connection);
    }
  }

  /** Rejects where the server does not answer, or has become a standby. */
  async #probe(connection: Connection): Promise<void> {
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(this.#options.timeoutMs)]);
    const { rows: [row] } = await connection.query<{ standby: boolean }>(
      "SELECT pg_is_in_recovery() AS standby",
      [],
      { signal },
    );
    if (row?.standby !== false) throw new DatabaseError("unavailable", "The server is not the primary");
  }

  #tell(state: ListenState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onState?.(state);
  }
}

/** Waits, at the most until the signal aborts or something else has come. */
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
