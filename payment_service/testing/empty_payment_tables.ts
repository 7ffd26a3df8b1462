import type { TxManager } from "@archway/db/db.ts";

/** Empties every table that payments have part in: a test begins anew in the same database. */
export async function emptyPaymentTables(database: TxManager): Promise<void> {
  await database.withTx(async (tx) => {
    // Nobody may do this but who owns the table and means it.
    await tx.query("alter table events disable trigger events_not_emptied");
    await tx.query(
      "truncate profiles, accounts, payments, refunds, entries, outbox, events, idempotency_keys cascade",
    );
    await tx.query("alter table events enable trigger events_not_emptied");
  });
}
