import type { DatabaseError } from "../../errors.ts";
import type { Connection } from "./connection.ts";

/** Options of {@link ConnectionAttempts}. */
export interface ConnectionAttemptsOptions {
  /** Opens a connection. Rejects when the signal aborts, after which nothing of it is open. */
  readonly open: (signal: AbortSignal) => Promise<Connection>;
  /** Time after which an attempt is late, in milliseconds. */
  readonly silentMs: number;
  readonly onOpened: (connection: Connection) => void;
  readonly onFailed: (error: DatabaseError) => void;
  /** Called when an attempt is late, and when one was given up. */
  readonly onLate: () => void;
}

/** Time after a failed attempt in which no other one is started, in milliseconds. */
const retryAfterMs = 50;

interface Attempt {
  readonly controller: AbortController;
  isLate: boolean;
}

/**
 * Attempts to open connections to one server. A late one may have been forgotten by the network and would hang until its
 * timeout, or the server is slow. So it continues, and others are started beside it; one that succeeds ends those that
 * were late when it began.
 */
export class ConnectionAttempts {
  readonly #options: ConnectionAttemptsOptions;
  /** In order of their start. Those that were given up stay until nothing of them is open. */
  readonly #attempts = new Set<Attempt>();
  /** Error of the last attempt that was not late, unless one has succeeded since. */
  failure: DatabaseError | undefined;
  /** By performance.now(). */
  #retryAt = -Infinity;

  constructor(options: ConnectionAttemptsOptions) {
    this.#options = options;
  }

  /** Number of attempts, each of which may be a connection on the server. */
  get length(): number {
    return this.#attempts.size;
  }

  /** Number of attempts that are not late. */
  get prompt(): number {
    let prompt = 0;
    for (const { isLate } of this.#attempts) if (!isLate) prompt++;
    return prompt;
  }

  /** Whether another one may be started: not just after a failure. */
  get mayStart(): boolean {
    return performance.now() >= this.#retryAt;
  }

  start(): void {
    const { open, silentMs, onOpened, onFailed, onLate } = this.#options;
    const controller = new AbortController();
    const { signal } = controller;
    const attempt: Attempt = { controller, isLate: false };
    const lateBefore = this.#late;
    this.#attempts.add(attempt);
    const timer = setTimeout(() => {
      attempt.isLate = true;
      onLate();
    }, silentMs);
    const end = (): void => {
      clearTimeout(timer);
      this.#attempts.delete(attempt);
    };
    open(signal).then((connection) => {
      end();
      for (const { controller } of lateBefore) controller.abort();
      this.failure = undefined;
      this.#retryAt = -Infinity;
      onOpened(connection);
    }, (error: DatabaseError) => {
      end();
      if (signal.aborted) return onLate();
      // The failure of a late one says little about the server by now.
      if (!attempt.isLate) {
        this.failure = error;
        this.#retryAt = performance.now() + retryAfterMs;
      }
      onFailed(error);
    });
  }

  /**
   * Gives up the last of several attempts if all are late, so that another one can be started in its place. The others
   * keep their time, as a slow server needs it.
   */
  makeRoom(): void {
    const late = this.#late;
    const isRoomComing = this.prompt > 0 || late.some(({ controller }) => controller.signal.aborted);
    if (late.length > 1 && !isRoomComing) late.at(-1)?.controller.abort();
  }

  /** Gives up all of them. */
  giveUp(): void {
    for (const { controller } of this.#attempts) controller.abort();
  }

  get #late(): readonly Attempt[] {
    return [...this.#attempts].filter(({ isLate }) => isLate);
  }
}
