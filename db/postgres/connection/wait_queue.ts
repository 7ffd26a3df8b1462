import { DatabaseError } from "../../errors.ts";

/** What a waiting caller is given. */
export interface QueuedCaller<T> {
  /** Lets it go on. */
  readonly serve: (given: T) => void;
  readonly reject: (error: DatabaseError) => void;
  /** Takes it out of the line with code "cancelled". */
  readonly signal?: AbortSignal | undefined;
}

/** How long the line may get, and how long it may take. */
export interface WaitQueueOptions {
  readonly max: number;
  /** How long anybody stands in it, in milliseconds. */
  readonly timeoutMs: number;
  /**
   * The same while the line moves: then there is more to do than can be done, and those behind would wait as long.
   * Where nobody is served at all, what is waited for may be about to come back.
   */
  readonly movingTimeoutMs: number;
  /** What is told who came too late for the line, or has stood in it for too long. */
  readonly refusal: () => DatabaseError;
}

/** Callers that wait for something, first come first served. */
export class WaitQueue<T, C extends QueuedCaller<T>> {
  readonly #options: WaitQueueOptions;
  /** Since when they wait, and what ends it. A Map keeps its order, and lets go of who stands in the middle. */
  readonly #callers = new Map<C, { readonly since: number; readonly end: () => void }>();
  /** Callers that wait now. */
  length = 0;
  /** When somebody was served last, by performance.now(). */
  #movedAt = -Infinity;

  constructor(options: WaitQueueOptions) {
    this.#options = options;
  }

  /** How long who is served next has waited, in milliseconds; 0 where nobody waits. */
  get waitedMs(): number {
    const first = this.#callers.values().next().value;
    return first === undefined ? 0 : performance.now() - first.since;
  }

  /** Who is served next. */
  get first(): C | undefined {
    return this.#callers.keys().next().value;
  }

  /** Adds a caller, or rejects it where the line is full. */
  join(caller: C): void {
    const { max, timeoutMs, movingTimeoutMs, refusal } = this.#options;
    const { signal } = caller;
    if (this.#callers.size >= max) return caller.reject(refusal());
    const onAbort = (): void => this.#reject(caller, cancelled(signal));
    const early = Math.min(movingTimeoutMs, timeoutMs);
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

  /** Takes a caller out and lets it go on. */
  serve(caller: C, given: T): void {
    if (!this.#leave(caller)) return;
    this.#movedAt = performance.now();
    caller.serve(given);
  }

  /** Rejects everybody. */
  clear(error: DatabaseError): void {
    for (const caller of [...this.#callers.keys()]) this.#reject(caller, error);
  }

  #reject(caller: C, error: DatabaseError): void {
    if (this.#leave(caller)) caller.reject(error);
  }

  #leave(caller: C): boolean {
    this.#callers.get(caller)?.end();
    const wasThere = this.#callers.delete(caller);
    this.length = this.#callers.size;
    return wasThere;
  }
}

function cancelled(signal: AbortSignal | undefined): DatabaseError {
  return new DatabaseError("cancelled", "The statement was cancelled", { cause: signal?.reason });
}
