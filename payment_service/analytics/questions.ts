/** Question about payments, for PostgreSQL and for the exported files in DuckDB. All columns are texts. */
export interface Question {
  readonly name: string;
  readonly title: string;
  readonly postgres: string;
  /** The views `payments` and `accounts` are the exported data sets. */
  readonly duckdb: string;
}

/** Five questions that a payments team asks. */
export const QUESTIONS: readonly Question[] = [
  {
    name: "volume",
    title: "volume by day and currency",
    postgres:
      `select to_char(created_at at time zone 'UTC', 'YYYY-MM-DD') as day, currency, count(*)::text as payments,
        sum(amount)::text as total_minor
      from payments group by 1, 2 order by 1, 2`,
    duckdb:
      `select day::varchar as day, currency, count(*)::varchar as payments, sum(amount_minor)::varchar as total_minor
      from payments where type = 'payment.settled' group by 1, 2 order by 1, 2`,
  },
  {
    name: "refunds",
    title: "refund rate by currency",
    postgres:
      `select currency, count(*)::text as payments, (count(*) filter (where refunded > 0))::text as refunded,
        round(100.0 * sum(refunded) / sum(amount), 4)::numeric(9, 4)::text as percent
      from payments group by 1 order by 1`,
    duckdb: `select currency, (count(*) filter (where type = 'payment.settled'))::varchar as payments,
        (count(distinct payment_id) filter (where type = 'payment.refunded'))::varchar as refunded,
        round(100.0 * coalesce(sum(amount_minor) filter (where type = 'payment.refunded'), 0)
          / sum(amount_minor) filter (where type = 'payment.settled'), 4)::decimal(9, 4)::varchar as percent
      from payments where type <> 'deposit.settled' group by 1 order by 1`,
  },
  {
    name: "cohorts",
    title: "payers by the month of their first payment, and how many of them pay in later months",
    postgres: `with paid as (
        select distinct a.profile_id, date_trunc('month', p.created_at at time zone 'UTC') as month
        from payments as p join accounts as a on a.id = p.payer_account_id
      ), cohorts as (select *, min(month) over (partition by profile_id) as first from paid)
      select to_char(first, 'YYYY-MM') as first, to_char(month, 'YYYY-MM') as month, count(*)::text as payers
      from cohorts group by 1, 2 order by 1, 2`,
    duckdb: `with paid as (
        select distinct payer_profile_id, date_trunc('month', day) as month
        from payments where type = 'payment.settled'
      ), cohorts as (select *, min(month) over (partition by payer_profile_id) as first from paid)
      select strftime(first, '%Y-%m') as first, strftime(month, '%Y-%m') as month, count(*)::varchar as payers
      from cohorts group by 1, 2 order by 1, 2`,
  },
  {
    name: "delays",
    title: "percentiles of the time from a payment to its refund, in microseconds",
    postgres: `with delays as (
        select (extract(epoch from r.created_at - p.created_at) * 1000000)::bigint as delay
        from refunds as r join payments as p on p.id = r.payment_id
      )
      select percentile_disc(0.5) within group (order by delay)::text as p50,
        percentile_disc(0.95) within group (order by delay)::text as p95,
        percentile_disc(0.99) within group (order by delay)::text as p99
      from delays`,
    duckdb: `with delays as (
        select epoch_us(r.recorded_at) - epoch_us(p.recorded_at) as delay
        from payments as r join payments as p using (payment_id)
        where r.type = 'payment.refunded' and p.type = 'payment.settled'
      )
      select quantile_disc(delay, 0.5)::varchar as p50, quantile_disc(delay, 0.95)::varchar as p95,
        quantile_disc(delay, 0.99)::varchar as p99
      from delays`,
  },
  {
    name: "ledger",
    title: "balances that differ from the sum of their transfers, by currency",
    postgres: `with sums as (select account_id, sum(amount) as amount from entries group by 1)
      select currency, count(*)::text as accounts, sum(balance)::text as total,
        (count(*) filter (where balance <> coalesce(amount, 0)))::text as different
      from accounts left join sums on account_id = id group by 1 order by 1`,
    duckdb: `with moves as (
        select creditor_account_id as account_id, amount_minor as amount from payments
        union all select debtor_account_id, -amount_minor from payments
      ), sums as (select account_id, sum(amount) as amount from moves group by 1)
      select currency, count(*)::varchar as accounts, sum(balance)::varchar as total,
        (count(*) filter (where balance <> coalesce(amount, 0)))::varchar as different
      from accounts left join sums on account_id = id group by 1 order by 1`,
  },
];
