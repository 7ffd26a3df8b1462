import type { Transaction } from "@archway/db/db.ts";
import type { UnitOfWork } from "@archway/server/idempotency.ts";
import type { RequestContext } from "@archway/server/request_context.ts";

/** Unit of work backed by a transaction: key, response and all writes commit together. */
export class TransactionUnit implements UnitOfWork {
  constructor(readonly operation: string, readonly tx: Transaction) {}
}

/**
 * Returns the open transaction of an operation that requires an `Idempotency-Key`. The handler must make all its writes
 * in it and have no other side effects: it runs again after a transaction conflict. An error that it throws rolls the
 * transaction back.
 *
 * @throws {Error} if the operation does not require a key.
 */
export function transactionOf({ unit }: Pick<RequestContext, "unit">): Transaction {
  if (unit instanceof TransactionUnit) return unit.tx;
  throw new Error(
    "No transaction: the OpenAPI document does not require an Idempotency-Key for this operation",
  );
}
