import type { Transaction } from "@archway/db/db.ts";
import type { UnitOfWork } from "@archway/server/idempotency.ts";
import type { RequestContext } from "@archway/server/request_context.ts";

/** Options of {@link TransactionUnit}. */
interface TransactionUnitOptions {
  readonly tx: Transaction;
  /** Whether writes may complete together with the key. */
  readonly defers: boolean;
}

/** Unit of work backed by a transaction: key, response and all writes commit together. */
export class TransactionUnit implements UnitOfWork {
  readonly tx: Transaction;
  readonly #defers: boolean;
  /** Writes that complete together with the key. */
  #deferred: Promise<unknown>[] = [];

  constructor(readonly operation: string, { tx, defers }: TransactionUnitOptions) {
    this.tx = tx;
    this.#defers = defers;
  }

  /** Whether there are writes that complete together with the key. */
  get hasDeferred(): boolean {
    return this.#deferred.length > 0;
  }

  /** Waits for the writes now, or leaves them to {@link deferred}. */
  async defer(written: Promise<unknown>): Promise<void> {
    if (!this.#defers) {
      await written;
      return;
    }
    // It may never be waited for, if the handler throws.
    written.catch(() => undefined);
    this.#deferred.push(written);
  }

  /** Waits for the writes. Rejects with the error of the first. */
  async deferred(): Promise<void> {
    for (const written of this.#deferred) await written;
  }
}

/**
 * Returns the open transaction of an operation that requires an `Idempotency-Key`. The handler must make all its writes
 * in it and have no other side effects: it runs again after a transaction conflict. An error that it throws rolls the
 * transaction back.
 *
 * @throws {Error} if the operation does not require a key.
 */
export function transactionOf(context: Pick<RequestContext, "unit">): Transaction {
  return unitOf(context).tx;
}

/**
 * Lets the last writes of a handler, which have been sent, complete together with its key and the COMMIT: all of them
 * leave in one flush. If they fail, everything is rolled back and the handler runs once more, and then this waits for
 * them, so that it can throw the error that they become. Nothing is acknowledged before all is committed.
 *
 * @throws {Error} if the operation does not require a key.
 */
export function completeWithKey(
  context: Pick<RequestContext, "unit">,
  written: Promise<unknown>,
): Promise<void> {
  return unitOf(context).defer(written);
}

function unitOf({ unit }: Pick<RequestContext, "unit">): TransactionUnit {
  if (unit instanceof TransactionUnit) return unit;
  throw new Error(
    "No transaction: the OpenAPI document does not require an Idempotency-Key for this operation",
  );
}
