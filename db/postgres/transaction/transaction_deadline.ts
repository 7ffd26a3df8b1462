import { DatabaseError } from "../../errors.ts";

/** What ends a transaction before its time. */
export interface TransactionDeadlineOptions {
  /** In milliseconds from now; 0: none. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Aborts its signal with code "timeout" when the time is up, and with code "cancelled" when the caller's does. */
export class TransactionDeadline implements Disposable {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #passesAt: number;
  readonly #timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ timeoutMs, signal }: TransactionDeadlineOptions) {
    this.#caller = signal;
    this.#passesAt = timeoutMs === 0 ? Infinity : performance.now() + timeoutMs;
    if (timeoutMs > 0) this.#timer = setTimeout(() => this.#pass(), timeoutMs);
    if (signal?.aborted) this.#cancel();
    else signal?.addEventListener("abort", this.#cancel, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** In milliseconds; Infinity: there is no deadline. */
  get leftMs(): number {
    return this.#passesAt - performance.now();
  }

  /** Throws why it is over, where it is. */
  check(): void {
    this.signal.throwIfAborted();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener("abort", this.#cancel);
  }

  #pass(): void {
    this.#controller.abort(new DatabaseError("timeout", "The transaction ran into its deadline"));
  }

  readonly #cancel = (): void => {
    const cause = this.#caller?.reason;
    this.#controller.abort(new DatabaseError("cancelled", "The transaction was cancelled", { cause }));
  };
}
