import type { DatabaseError } from "../../errors.ts";
import type { Connection } from "./connection.ts";

/** Options of {@link ConnectionAttempts}. */
export interface ConnectionAttemptsOptions {
  /** Opens a connection. Rejects when the signal aborts, after which nothing of it is open. */
  readonly open: (signal: AbortSignal) => Promise<Connection>;
  /** Time after which an attempt is late, in milliseconds. */
  readonly silentMs: number;
  readonly onOpened: (connection: Connection) => void;
  /** @param isLate Whether it began so long ago that it says little about the server by now. */
  readonly onFailed: (error: DatabaseError, isLate: boolean) => void;
  /** Called when an attempt is late, and when one was given up. */
  readonly onLate: () => void;
}

interface Attempt {
  readonly controller: AbortController;
  isLate: boolean;
}

/**
 * Attempts to open connections to one server. A late one may have been forgotten by the network and would hang until its
 * timeout, or the server is slow. So it continues, and others are started beside it; the first that succeeds ends those
 * that are late and began before it.
 */
export class ConnectionAttempts {
  readonly #options: ConnectionAttemptsOptions;
  /** In order of their start. Those that were given up stay until nothing of them is open. */
  readonly #attempts = new Set<Attempt>();

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

  start(): void {
    const { open, silentMs, onOpened, onFailed, onLate } = this.#options;
    const controller = new AbortController();
    const { signal } = controller;
    const attempt: Attempt = { controller, isLate: false };
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
      this.#giveUpBefore(attempt);
      end();
      onOpened(connection);
    }, (error: DatabaseError) => {
      end();
      if (signal.aborted) onLate();
      else onFailed(error, attempt.isLate);
    });
  }

  /**
   * Gives up the last of several attempts if all are late, so that another one can be started in its place. The others
   * keep their time, as a slow server needs it.
   */
  makeRoom(): void {
    const attempts = [...this.#attempts];
    const isOver = attempts.some(({ controller, isLate }) => !isLate || controller.signal.aborted);
    if (attempts.length > 1 && !isOver) attempts.at(-1)?.controller.abort();
  }

  /** Gives up all of them. */
  giveUp(): void {
    for (const { controller } of this.#attempts) controller.abort();
  }

  #giveUpBefore(successful: Attempt): void {
    for (const attempt of this.#attempts) {
      if (attempt === successful) return;
      if (attempt.isLate) attempt.controller.abort();
    }
  }
}
