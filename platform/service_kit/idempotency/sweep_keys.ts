import type { Querier, QueryOptions } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";

/** How many keys a statement takes away: it is soon done, and holds few locks. */
const BATCH = 1000;

// Many may sweep side by side.
const SWEEP = `delete from idempotency_keys where id in (
  select id from idempotency_keys where expires_at < $1 order by expires_at limit ${BATCH} for update skip locked
)`;

/** Takes away the keys that expired before a time, and gives their number. */
export async function sweepKeys(
  db: Querier,
  { before, ...options }: QueryOptions & { readonly before: Timestamp },
): Promise<number> {
  let swept = 0;
  while (true) {
    const { rowCount } = await db.query(SWEEP, [before], options);
    swept += rowCount;
    if (rowCount < BATCH) return swept;
  }
}
