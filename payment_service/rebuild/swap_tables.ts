import type { Querier } from "@archway/db/db.ts";
import { PROJECTED_TABLES } from "../projection/projection_sql.ts";
import { FRESH, KEYS } from "./fresh_tables.ts";

/**
 * Blocks writes to the live tables until the end of the transaction, but no reads. Locking `accounts` is sufficient:
 * every transfer, and every change of a payment request, locks its accounts first and holds the locks until it has written
 * the other tables.
 */
export async function lockTables(tx: Querier): Promise<void> {
  await tx.query("lock table accounts in exclusive mode");
}

/**
 * Makes the live tables equal to the rebuilt ones. Writes only rows that differ; the constraints of the live tables
 * apply.
 */
export async function swapTables(tx: Querier): Promise<void> {
  for (const table of PROJECTED_TABLES.toReversed()) {
    await tx.query(
      `delete from ${table} as live where not exists (
        select from ${FRESH}${table} as fresh where ${sameKey(table)}
      )`,
    );
  }
  for (const table of PROJECTED_TABLES) {
    const { rows } = await tx.query<{ readonly name: string }>(
      `select quote_ident(attname) as name from pg_attribute
      where attrelid = $1::text::regclass and attnum > 0 and not attisdropped`,
      [table],
    );
    const changes = rows.map(({ name }) => `${name} = excluded.${name}`).join(", ");
    await tx.query(
      `insert into ${table} select fresh.* from ${FRESH}${table} as fresh where not exists (
        select from ${table} as live where ${sameKey(table)} and row(live.*) is not distinct from row(fresh.*)
      ) on conflict (${KEYS[table].join(", ")}) do update set ${changes}`,
    );
  }
}

function sameKey(table: keyof typeof KEYS): string {
  return KEYS[table].map((column) => `live.${column} = fresh.${column}`).join(" and ");
}
