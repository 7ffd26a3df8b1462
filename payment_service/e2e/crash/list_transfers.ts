import type { Querier } from "@archway/db/db.ts";

/**
 * Everything by which money was moved: what it is, its id and the description that tells of the intent, in order. A
 * deposit has no description.
 */
export async function listTransfers(db: Querier): Promise<readonly string[]> {
  const { rows } = await db.query<{ line: string }>(
    `select 'payment ' || id || ' ' || description as line from payments
    union all select 'refund ' || id || ' ' || description from refunds
    union all select 'deposit ' || transfer_id || ' ' from entries where kind = 'deposit' and amount > 0`,
  );
  return rows.map(({ line }) => line).toSorted();
}
