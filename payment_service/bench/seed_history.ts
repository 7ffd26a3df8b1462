import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { seedAccounts } from "./seed_accounts.ts";

/** Options of {@link seedHistory}. */
interface SeedHistoryOptions {
  readonly accounts: number;
  /** Number of payments; a fifth of them is refunded. */
  readonly payments: number;
  readonly signal?: AbortSignal;
}

/** Payments of 22 months, in a table that only this session has. */
const MADE = `create temporary table made as
  with a as (select row_number() over (order by id) - 1 as place, id, profile_id from accounts where kind = 'customer'),
    size as (select count(*) as total from a)
  select gen_random_uuid() as payment_id, gen_random_uuid() as transfer_id, 100 + n % 900 as amount,
    payer.id as payer, payer.profile_id as payer_profile, payee.id as payee, payee.profile_id as payee_profile,
    timestamptz '2025-02-01 00:00Z' + n * (interval '657 days' / $1::bigint) as at,
    case when n % 5 = 0 then gen_random_uuid() end as refund_id, gen_random_uuid() as refund_transfer_id,
    timestamptz '2025-02-01 00:00Z' + n * (interval '657 days' / $1::bigint) + (1 + n % 97) * interval '1 hour' as refund_at
  from generate_series(0, $1::bigint - 1) as n cross join size
    join a as payer on payer.place = n % total
    join a as payee on payee.place = (n % total + 1 + n % (total - 1)) % total`;

const EVENTS = `insert into events (stream, version, type, data, metadata, recorded_at)
  select 'payment-' || payment_id, version, type, jsonb_build_object('paymentId', payment_id, 'transferId', transfer,
      'payerAccountId', payer, 'payeeAccountId', payee, 'payerProfileId', payer_profile,
      'payeeProfileId', payee_profile, 'amount', amount::text, 'currency', 'BRL', 'description', null)
      || case when version = 2 then jsonb_build_object('refundId', refund_id) else '{}' end, '{}', moment
  from made cross join lateral (
    values (1, 'payment.settled', transfer_id, at), (2, 'payment.refunded', refund_transfer_id, refund_at)
  ) as event (version, type, transfer, moment)
  where version = 1 or refund_id is not null order by moment`;

const STATEMENTS = [
  EVENTS,
  `insert into payments (id, payer_account_id, payee_account_id, currency, amount, refunded, version, created_at, updated_at)
    select payment_id, payer, payee, 'BRL', amount, case when refund_id is null then 0 else amount end,
      case when refund_id is null then 1 else 2 end, at, at from made`,
  `insert into refunds (payment_id, id, currency, amount, created_at)
    select payment_id, refund_id, 'BRL', amount, refund_at from made where refund_id is not null`,
  `insert into entries (transfer_id, account_id, currency, kind, amount, balance, payment_id, refund_id, created_at)
    select transfer, account, 'BRL', entry.kind, moved, a.balance
        + sum(moved) over (partition by account order by moment, transfer), payment_id, refund, moment
    from made cross join lateral (
      values ('payment', transfer_id, payer, -amount, null, at), ('payment', transfer_id, payee, amount, null, at),
        ('refund', refund_transfer_id, payee, -amount, refund_id, refund_at),
        ('refund', refund_transfer_id, payer, amount, refund_id, refund_at)
    ) as entry (kind, transfer, account, moved, refund, moment)
    join accounts as a on a.id = account
    where entry.kind = 'payment' or refund_id is not null`,
  `update accounts as a set balance = a.balance + moved.amount from (
      select account_id, sum(amount) as amount from entries where kind <> 'deposit' group by 1
    ) as moved where moved.account_id = a.id`,
];

/** Migrates an empty database, and fills it with payments of 22 months by a few statements. Returns ids of accounts. */
export async function seedHistory(
  instance: InstanceConfig,
  { accounts, payments, signal }: SeedHistoryOptions,
): Promise<readonly string[]> {
  const ids = await seedAccounts(instance, { accounts, ...(signal !== undefined && { signal }) });
  await using pool = openPool({
    ...{ primary: instance, replicas: [], statementTimeoutMs: 0, transactionTimeoutMs: 0 },
  });
  await pool.withTx(async (tx) => {
    // Without the checks of each row, which the statements satisfy.
    await tx.query("set local session_replication_role = replica");
    await tx.query(MADE, [payments]);
    for (const statement of STATEMENTS) await tx.query(statement);
  });
  for (const table of ["accounts", "payments", "refunds", "entries", "events"]) {
    await pool.writer().query(`vacuum (analyze) ${table}`);
  }
  return ids;
}
