import type { TxManager } from "@archway/db/db.ts";

/** Truncates the tables of events and those that refer to them, so that tests can share a database. */
export async function emptyEventTables(database: TxManager): Promise<void> {
  await database.withTx(async (tx) => {
    // Requires the owner of the table.
    await tx.query("alter table events disable trigger events_not_emptied");
    await tx.query("truncate outbox, events cascade");
    await tx.query("alter table events enable trigger events_not_emptied");
  });
}
