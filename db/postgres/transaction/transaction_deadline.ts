import { DatabaseError } from "../../errors.ts";

/** Options of a {@link TransactionDeadline}. */
export interface TransactionDeadlineOptions {
  /** Milliseconds from now; 0 disables the deadline. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Deadline of a transaction. Its signal aborts with code "timeout", or "cancelled" when the caller's does. */
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

  /** Remaining milliseconds; Infinity without a deadline. */
  get leftMs(): number {
    return this.#passesAt - performance.now();
  }

  /** Throws the reason if the signal has aborted. */
  check(): void {
    this.signal.throwIfAborted();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener("abort", this.#cancel);
  }

  #pass(): void {
    this.#controller.abort(new DatabaseError("timeout", "The transaction exceeded its deadline"));
  }

  readonly #cancel = (): void => {
    const cause = this.#caller?.reason;
    this.#controller.abort(new DatabaseError("cancelled", "The transaction was cancelled", { cause }));
  };
}
