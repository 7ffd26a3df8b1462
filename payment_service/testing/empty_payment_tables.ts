import type { TxManager } from "@archway/db/db.ts";

/** Tables that payments have part in. */
const TABLES = [
  "profiles",
  "accounts",
  "payments",
  "refunds",
  "entries",
  "outbox",
  "broker_messages",
  "webhook_deliveries",
  "events",
  "idempotency_keys",
];

/** Empties every table that payments have part in: a test begins anew in the same database. */
export async function emptyPaymentTables(database: TxManager): Promise<void> {
  await database.withTx(async (tx) => {
    // Triggers forbid it. Truncating makes files anew, which takes an embedded database 10 times as long.
    await tx.query("set local session_replication_role = replica");
    const deletes = TABLES.map((table) => `${table}_ as (delete from ${table})`);
    await tx.query(`with ${deletes.join(", ")} select`);
  });
}
