import type { TxManager } from "@archway/db/db.ts";

/** Tables that tests of payments write. */
const TABLES = [
  "profiles",
  "accounts",
  "payments",
  "payment_requests",
  "payment_request_references",
  "payment_request_batches",
  "payment_request_batch_items",
  "refunds",
  "entries",
  "outbox",
  "broker_messages",
  "webhook_deliveries",
  "events",
  "idempotency_keys",
  "jobs",
];

/** Empties all tables that tests of payments write, so that tests can share a database. */
export async function emptyPaymentTables(database: TxManager): Promise<void> {
  await database.withTx(async (tx) => {
    // Disables the triggers that protect events. TRUNCATE creates new files, which takes an embedded database 10 times
    // as long.
    await tx.query("set local session_replication_role = replica");
    const deletes = TABLES.map((table) => `${table}_ as (delete from ${table})`);
    await tx.query(`with ${deletes.join(", ")} select`);
  });
}
