import type { Transaction } from "@archway/db/db.ts";
import type { UnitOfWork } from "@archway/server/idempotency.ts";
import type { RequestContext } from "@archway/server/request_context.ts";

/** A unit of work that is an open transaction: the key, the answer and everything written in it commit together. */
export class TransactionUnit implements UnitOfWork {
  constructor(readonly operation: string, readonly tx: Transaction) {}
}

/**
 * The open transaction of an operation that requires an `Idempotency-Key`. A handler writes in it and nowhere else, and
 * does nothing besides that a second run would do twice: it is run again where the transaction gave way to another one.
 * What it refuses by throwing is rolled back.
 *
 * @throws {Error} when the operation requires no key.
 */
export function transactionOf({ unit }: Pick<RequestContext, "unit">): Transaction {
  if (unit instanceof TransactionUnit) return unit.tx;
  throw new Error(
    "The operation was asked for its transaction, and its document requires no Idempotency-Key",
  );
}
