import type { Logger } from "../../logger.ts";
import type { DropReason } from "./client_connection.ts";

/** Interval between log lines about dropped connections, in milliseconds. An attack must not flood the log. */
const LOG_INTERVAL_MS = 10_000;

/** Reason for closing or rejecting a connection. */
export type RejectReason = DropReason | "full" | "perAddress";

/** Counts dropped connections and periodically logs the counts. */
export class DropLog implements Disposable {
  readonly #logger: Logger;
  readonly #counts = new Map<RejectReason, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  add(reason: RejectReason): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
    // Closing an idle connection is normal and not logged by itself.
    if (reason !== "idle") this.#timer ??= setTimeout(() => this.#report(), LOG_INTERVAL_MS);
  }

  #report(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const counts = Object.fromEntries(this.#counts);
    this.#counts.clear();
    this.#logger.warn("Closed or rejected connections that exceeded the limits: {counts}", { counts });
  }

  /** Logs the remaining counts. */
  [Symbol.dispose](): void {
    if (this.#timer !== undefined) this.#report();
  }
}
