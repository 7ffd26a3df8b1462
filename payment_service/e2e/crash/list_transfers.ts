import type { Querier } from "@archway/db/db.ts";

/**
 * Returns a line for each deposit, payment and refund, with its id and its description, sorted. Deposits have no
 * description.
 */
export async function listTransfers(db: Querier): Promise<readonly string[]> {
  const { rows } = await db.query<{ line: string }>(
    `select 'payment ' || id || ' ' || description as line from payments
    union all select 'refund ' || id || ' ' || description from refunds
    union all select 'deposit ' || transfer_id || ' ' from entries where kind = 'deposit' and amount > 0`,
  );
  return rows.map(({ line }) => line).toSorted();
}
