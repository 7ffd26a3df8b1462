import type { Logger } from "../../logger.ts";
import type { DropReason } from "./client_connection.ts";

/** How long drops are collected before they are logged, in milliseconds: an attack must not fill the log. */
const COLLECTED_MS = 10_000;

/** What became of connections that were ended by the guard, or not let in. */
export type Refusal = DropReason | "full" | "address";

/** Counts them, and logs how many there were, once in a while. */
export class DropLog implements Disposable {
  readonly #logger: Logger;
  readonly #counts = new Map<Refusal, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  add(reason: Refusal): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
    // A connection that was only kept for another request is nothing to tell.
    if (reason !== "idle") this.#timer ??= setTimeout(() => this.#tell(), COLLECTED_MS);
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const counts = Object.fromEntries(this.#counts);
    this.#counts.clear();
    this.#logger.warn("Ended connections whose clients were slow or too many: {counts}", { counts });
  }

  /** Logs what is not logged yet. */
  [Symbol.dispose](): void {
    if (this.#timer !== undefined) this.#tell();
  }
}
