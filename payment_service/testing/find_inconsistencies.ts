import type { Querier } from "@archway/db/db.ts";

/** Queries that return inconsistent rows, by description. */
const CHECKS: Readonly<Record<string, string>> = {
  "the entries of a currency do not sum to zero":
    "select currency from entries group by currency having sum(amount) <> 0",
  "the entries of a transfer do not sum to zero":
    "select transfer_id from entries group by transfer_id, currency having sum(amount) <> 0",
  "a transfer has other than two entries":
    "select transfer_id from entries group by transfer_id having count(*) <> 2",
  "a customer's balance is negative": "select id from accounts where balance < 0 and kind = 'customer'",
  "a settlement account's balance is positive":
    "select id from accounts where balance > 0 and kind = 'settlement'",
  "a balance is not the sum of its entries": `select id from accounts where balance <>
    (select coalesce(sum(amount), 0) from entries where account_id = accounts.id)`,
  "a running balance is not the sum of the entries up to it": `select account_id from (
      select account_id, balance,
        sum(amount) over (partition by account_id order by created_at, transfer_id) as sum
      from entries
    ) as lines where balance <> sum`,
  "a refunded amount is not the sum of its refunds": `select id from payments where refunded <>
    (select coalesce(sum(amount), 0) from refunds where payment_id = payments.id)`,
  "a payment has no transfer, or several": `select payments.id from payments
    left join entries on entries.payment_id = payments.id and entries.kind = 'payment'
    group by payments.id having count(*) <> 2`,
  "a refund has no transfer, or several": `select refunds.payment_id, refunds.id from refunds
    left join entries on entries.payment_id = refunds.payment_id and entries.refund_id = refunds.id
    group by refunds.payment_id, refunds.id having count(*) <> 2`,
  "a paid request differs from its payment": `select request.id from payment_requests as request
    left join payments on payments.id = request.payment_id
    where request.status = 'paid' and (payments.id is null or payments.amount <> request.amount
      or payments.payee_account_id <> request.payee_account_id
      or payments.payer_account_id <> coalesce(request.payer_account_id, payments.payer_account_id))`,
  "the versions of a stream are not 1, 2, 3 …":
    "select stream from events group by stream having max(version) <> count(*) or min(version) <> 1",
};

/** Returns the inconsistencies of the ledger with their numbers; empty if there are none. */
export async function findInconsistencies(db: Querier): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [description, sql] of Object.entries(CHECKS)) {
    const { rowCount } = await db.query(sql);
    if (rowCount > 0) found.push(`${description}: ${rowCount} times`);
  }
  return found;
}
