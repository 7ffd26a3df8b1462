import type { TxManager } from "@archway/db/db.ts";

/** Empties the tables of events and what refers to them, so that a test starts over in the same database. */
export async function emptyEventTables(database: TxManager): Promise<void> {
  await database.withTx(async (tx) => {
    // Only the owner of the table can do this.
    await tx.query("alter table events disable trigger events_not_emptied");
    await tx.query("truncate outbox, events cascade");
    await tx.query("alter table events enable trigger events_not_emptied");
  });
}
