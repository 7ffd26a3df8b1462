import type { Querier } from "../../db/db.ts";
import { PROJECTED_TABLES } from "../projection/projection_sql.ts";

/** Where the tables are made that are compared with the live ones. */
export const FRESH_SCHEMA = "archway_rebuild";

/** The keys of the tables that are made, and of the live ones. */
export const KEYS: Readonly<Record<(typeof PROJECTED_TABLES)[number], readonly string[]>> = {
  accounts: ["id"],
  payments: ["id"],
  refunds: ["payment_id", "id"],
  entries: ["transfer_id", "account_id"],
};

/** Makes empty tables that are like the live ones, in a schema of their own. What an earlier run left there is dropped. */
export async function makeFreshTables(tx: Querier): Promise<void> {
  await dropFreshTables(tx);
  await tx.query(`create schema ${FRESH_SCHEMA}`);
  for (const table of PROJECTED_TABLES) {
    // Of no use after a crash, so nothing of them is written to the log.
    await tx.query(`create unlogged table ${FRESH_SCHEMA}.${table} (like ${table} including defaults)`);
    await tx.query(`alter table ${FRESH_SCHEMA}.${table} add primary key (${KEYS[table].join(", ")})`);
  }
}

/** Drops them. */
export async function dropFreshTables(db: Querier): Promise<void> {
  await db.query(`drop schema if exists ${FRESH_SCHEMA} cascade`);
}
