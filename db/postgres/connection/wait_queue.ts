import { DatabaseError } from "../../errors.ts";

/** Caller waiting in a {@link WaitQueue}. */
export interface QueuedCaller<T> {
  /** Passes the value to the caller. */
  readonly serve: (value: T) => void;
  readonly reject: (error: DatabaseError) => void;
  /** Removes the caller from the queue with code "cancelled". */
  readonly signal?: AbortSignal | undefined;
}

/** Bounds of a {@link WaitQueue}. */
export interface WaitQueueOptions {
  readonly max: number;
  /** Maximum wait in milliseconds. */
  readonly timeoutMs: number;
  /**
   * Maximum wait in milliseconds while other callers are served. Then the load exceeds the capacity, and later callers
   * would wait as long. If none is served, the resource may be about to come back.
   */
  readonly saturatedTimeoutMs: number;
  /** Creates the error of a caller that finds the queue full or has waited too long. */
  readonly refusal: () => DatabaseError;
}

/** Bounded first-in, first-out queue of callers. */
export class WaitQueue<T, C extends QueuedCaller<T>> {
  readonly #options: WaitQueueOptions;
  /** Callers in order of arrival. A Map allows removal from the middle. */
  readonly #callers = new Map<C, { readonly since: number; readonly end: () => void }>();
  /** Number of callers. */
  length = 0;
  /** Time by performance.now() at which a caller was served last. */
  #movedAt = -Infinity;

  constructor(options: WaitQueueOptions) {
    this.#options = options;
  }

  /** Wait of the first caller in milliseconds; 0 if the queue is empty. */
  get waitedMs(): number {
    const first = this.#callers.values().next().value;
    return first === undefined ? 0 : performance.now() - first.since;
  }

  /** Caller to be served next. */
  get first(): C | undefined {
    return this.#callers.keys().next().value;
  }

  /** Adds a caller, or rejects it if the queue is full. */
  enqueue(caller: C): void {
    const { max, timeoutMs, saturatedTimeoutMs, refusal } = this.#options;
    const { signal } = caller;
    if (this.#callers.size >= max) return caller.reject(refusal());
    const onAbort = (): void => this.#reject(caller, cancelled(signal));
    const early = Math.min(saturatedTimeoutMs, timeoutMs);
    let timer = setTimeout(() => {
      if (performance.now() - this.#movedAt <= early / 10) return this.#reject(caller, refusal());
      timer = setTimeout(() => this.#reject(caller, refusal()), timeoutMs - early);
    }, early);
    signal?.addEventListener("abort", onAbort, { once: true });
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    this.#callers.set(caller, { since: performance.now(), end });
    this.length = this.#callers.size;
  }

  /** Removes a caller and passes it a value. */
  serve(caller: C, value: T): void {
    if (!this.#remove(caller)) return;
    this.#movedAt = performance.now();
    caller.serve(value);
  }

  /** Rejects all callers. */
  clear(error: DatabaseError): void {
    for (const caller of [...this.#callers.keys()]) this.#reject(caller, error);
  }

  #reject(caller: C, error: DatabaseError): void {
    if (this.#remove(caller)) caller.reject(error);
  }

  #remove(caller: C): boolean {
    this.#callers.get(caller)?.end();
    const wasThere = this.#callers.delete(caller);
    this.length = this.#callers.size;
    return wasThere;
  }
}

function cancelled(signal: AbortSignal | undefined): DatabaseError {
  return new DatabaseError("cancelled", "The statement was cancelled", { cause: signal?.reason });
}
