import type { Querier, QueryOptions } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";

/** Maximum number of keys per statement, so that it is short and holds few locks. */
const BATCH = 1000;

// Processes can sweep concurrently: each skips the rows that another one has locked.
const SWEEP = `delete from idempotency_keys where id in (
  select id from idempotency_keys where expires_at < $1 order by expires_at limit ${BATCH} for update skip locked
)`;

/** Deletes the keys that expired before a time. */
export async function sweepKeys(
  db: Querier,
  { before, ...options }: QueryOptions & { readonly before: Timestamp },
): Promise<void> {
  while ((await db.query(SWEEP, [before], options)).rowCount === BATCH);
}
