import type { Querier } from "../../db/db.ts";
import { PROJECTED_TABLES } from "../projection/projection_sql.ts";

/** What the names of the tables begin with that are compared with the live ones. */
export const FRESH = "archway_rebuild_";

/** The keys of the tables that are made, and of the live ones. */
export const KEYS: Readonly<Record<(typeof PROJECTED_TABLES)[number], readonly string[]>> = {
  accounts: ["id"],
  payments: ["id"],
  refunds: ["payment_id", "id"],
  entries: ["transfer_id", "account_id"],
};

/** Makes empty tables that are like the live ones, beside them. What an earlier run left there is dropped. */
export async function makeFreshTables(tx: Querier): Promise<void> {
  await dropFreshTables(tx);
  for (const table of PROJECTED_TABLES) {
    // Of no use after a crash, so nothing of them is written to the log.
    await tx.query(`create unlogged table ${FRESH}${table} (like ${table} including defaults)`);
    await tx.query(`alter table ${FRESH}${table} add primary key (${KEYS[table].join(", ")})`);
  }
}

/** Drops them. */
export async function dropFreshTables(db: Querier): Promise<void> {
  await db.query(`drop table if exists ${PROJECTED_TABLES.map((table) => FRESH + table).join(", ")}`);
}
