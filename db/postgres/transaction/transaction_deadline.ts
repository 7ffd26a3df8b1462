import { DatabaseError } from "../../errors.ts";
import type { SharedTimer, Timed } from "../connection/shared_timer.ts";

/** Options of a {@link TransactionDeadline}. */
export interface TransactionDeadlineOptions {
  /** Milliseconds from now; 0 disables the deadline. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Timer of all transactions. */
  readonly timer: SharedTimer;
}

/** Deadline of a transaction. It passes with code "timeout", or "cancelled" when the caller's signal aborts. */
export class TransactionDeadline implements Timed, Disposable {
  readonly passesAt: number;
  /** Called once, when it passes. */
  onPassed: ((reason: DatabaseError) => void) | undefined;
  readonly #timer: SharedTimer;
  readonly #caller: AbortSignal | undefined;
  #controller: AbortController | undefined;
  #reason: DatabaseError | undefined;

  constructor({ timeoutMs, signal, timer }: TransactionDeadlineOptions) {
    this.#timer = timer;
    this.#caller = signal;
    this.passesAt = timeoutMs === 0 ? Infinity : performance.now() + timeoutMs;
    timer.add(this);
    if (signal?.aborted) this.#cancel();
    else signal?.addEventListener("abort", this.#cancel);
  }

  /** Signal that aborts when it passes. It is made when it is first needed, as most transactions do not wait. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  /** Error of the transaction if it has passed. */
  get reason(): DatabaseError | undefined {
    return this.#reason;
  }

  /** Remaining milliseconds; Infinity without a deadline. */
  get leftMs(): number {
    return this.passesAt - performance.now();
  }

  pass(): void {
    this.#end(new DatabaseError("timeout", "The transaction exceeded its deadline"));
  }

  [Symbol.dispose](): void {
    this.#timer.delete(this);
    this.#caller?.removeEventListener("abort", this.#cancel);
  }

  readonly #cancel = (): void => {
    const cause = this.#caller?.reason;
    this.#end(new DatabaseError("cancelled", "The transaction was cancelled", { cause }));
  };

  #end(reason: DatabaseError): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#controller?.abort(reason);
    this.onPassed?.(reason);
  }
}
