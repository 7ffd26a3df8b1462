import { setImmediate } from "node:timers";
import type { QueryOptions, WalPosition } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";

/** How long the primary may take to tell where it stands, in milliseconds: a write waits for it to be answered. */
const patienceMs = 1_000;

/**
 * Lets calls at the same time share statements. One that comes while a statement runs joins the next one: the server
 * may have looked before what the caller committed.
 */
export class PositionSource {
  readonly #read: (options: QueryOptions) => Promise<WalPosition>;
  #running: Promise<WalPosition> | undefined;
  #next: Promise<WalPosition> | undefined;

  constructor(read: (options: QueryOptions) => Promise<WalPosition>) {
    this.#read = read;
  }

  /**
   * The answer to a statement that is sent after the call, once the one before it is answered. A signal ends the
   * caller's wait and nobody else's.
   */
  position({ signal }: QueryOptions = {}): Promise<WalPosition> {
    const position = this.#share();
    return signal === undefined ? position : unlessAborted(position, signal);
  }

  #share(): Promise<WalPosition> {
    return this.#next ??= this.#begin();
  }

  async #begin(): Promise<WalPosition> {
    await this.#running?.catch(ignore);
    // Writes that are answered in the same turn of the event loop join, too.
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#next = undefined;
    this.#running = this.#read({ signal: AbortSignal.timeout(patienceMs) });
    return await this.#running;
  }
}

function ignore(): void {}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void =>
      reject(new DatabaseError("cancelled", "Reading the position was cancelled", { cause: signal.reason }));
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
