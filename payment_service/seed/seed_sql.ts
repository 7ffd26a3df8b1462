import { type Chunk, CURRENCIES, momentOf, type PaymentPlan } from "./seed_plan.ts";

/** Maximum amount of a payment, in minor units. */
const MAX_AMOUNT = 100_000;

/** Maximum time from a payment to its refund, in microseconds. */
const MAX_DELAY = 4n * 86_400_000_000n;

/** Every so many payments, one is refunded. */
const REFUNDED_OF = 5;

/** Salts of hashes: what a random number is for. */
const SALTS = {
  ...{ account: 1, deposit: 2, payment: 3, transfer: 4, refund: 5, refundTransfer: 6, settlement: 7 },
  ...{ payer: 11, payee: 12, amount: 13, time: 14, delay: 15, part: 16 },
} as const;

/**
 * SQL for the chunks of a plan. All numbers are in its text, so that each statement is planned for its own. Statements of
 * events come first: they read what those of projections change.
 */
export class SeedSql {
  readonly #plan: PaymentPlan;

  constructor(plan: PaymentPlan) {
    this.#plan = plan;
  }

  /** Query for the numbers of the chunks whose first payment exists. */
  existing(chunks: readonly Chunk[]): string {
    const places = chunks.map(({ first }, index) => `(${index}, ${first}::bigint)`).join(", ");
    return `select place from (values ${places}) as chunk (place, n)
      where exists (select from payments where id = ${this.#payment("n")}) order by 1`;
  }

  /** Query for events of the settlement accounts that do not exist. */
  settlementEvents(from: bigint): string {
    return `select 'account-' || id, 1, 'account.opened', jsonb_build_object('accountId', id,
        'kind', 'settlement', 'profileId', null, 'currency', currency), '{}'::jsonb, ${literal(from)}
      from (${this.#settlements()}) as opened`;
  }

  /** Inserts the settlement accounts that do not exist. */
  settlements(from: bigint): string {
    return `insert into accounts (id, kind, currency, created_at, updated_at)
      select id, 'settlement', currency, ${literal(from)}, ${
      literal(from)
    } from (${this.#settlements()}) as opened`;
  }

  /** Query for events of the accounts that are opened in a chunk, and of their deposits; $1 has ids of profiles. */
  openingEvents(chunk: Chunk): string {
    return `${this.#openings(chunk)}
      select stream || subject, 1, type, data, '{}'::jsonb, moment
      from opened cross join lateral (
        values ('account-', opened.id, 'account.opened', ${
      literal(chunk.from)
    }, jsonb_build_object('accountId', opened.id,
            'kind', 'customer', 'profileId', profile_id, 'currency', currency)),
          ('deposit-', deposit_id, 'deposit.settled', ${
      literal(chunk.from + 1n)
    }, jsonb_build_object('depositId', deposit_id,
            'accountId', opened.id, 'profileId', profile_id, 'settlementAccountId', settlement_id,
            'amount', '${this.#deposit}', 'currency', currency))
      ) as event (stream, subject, type, moment, data)
      order by moment, subject`;
  }

  /** Inserts these accounts, and moves their deposits; $1 has ids of profiles. */
  openings(chunk: Chunk): string {
    const moment = literal(chunk.from + 1n);
    return `${this.#openings(chunk)}, added as (
        insert into accounts (id, kind, profile_id, currency, balance, version, created_at, updated_at)
        select id, 'customer', profile_id, currency, ${this.#deposit}, 2, ${
      literal(chunk.from)
    }, ${moment} from opened
      ), moved as (
        insert into entries (transfer_id, account_id, currency, kind, amount, balance, created_at)
        select deposit_id, id, currency, 'deposit', ${this.#deposit}, ${this.#deposit}, ${moment} from opened
        union all select deposit_id, settlement_id, currency, 'deposit', -${this.#deposit},
          settled - ${this.#deposit} * row_number() over (partition by settlement_id order by deposit_id), ${moment}
        from opened
      )
      update accounts as a set balance = balance - ${this.#deposit} * total, version = version + total, updated_at = ${moment}
      from (select settlement_id, count(*) as total from opened group by 1) as deposits
      where a.id = settlement_id`;
  }

  /** Query for events of the payments and refunds of a chunk. */
  paymentEvents(chunk: Chunk): string {
    return `${this.#transfers(chunk)}
      select 'payment-' || payment_id, case when kind = 'refund' then 2 else 1 end,
        case when kind = 'refund' then 'payment.refunded' else 'payment.settled' end,
        jsonb_build_object('paymentId', payment_id, 'transferId', transfer_id, 'payerAccountId', payer_id,
          'payeeAccountId', payee_id, 'payerProfileId', payer_profile, 'payeeProfileId', payee_profile,
          'amount', amount::text, 'currency', currency, 'description', null)
          || case when kind = 'refund' then jsonb_build_object('refundId', refund_id) else '{}' end,
        '{}'::jsonb, moment
      from transfers order by moment, transfer_id`;
  }

  /** Makes the payments and refunds of a chunk, and moves their amounts. */
  payments(chunk: Chunk): string {
    return `${this.#transfers(chunk)}, entry as materialized (
        select transfer_id, kind, currency, payment_id, refund_id, moment, account_id, moved,
          previous + sum(moved) over (partition by account_id order by moment, transfer_id) as balance
        from transfers cross join lateral (
          values (payer_id, case when kind = 'payment' then -amount else amount end, payer_balance),
            (payee_id, case when kind = 'payment' then amount else -amount end, payee_balance)
        ) as side (account_id, moved, previous)
      ), settled as (
        insert into payments (id, payer_account_id, payee_account_id, currency, amount, refunded, version, created_at, updated_at)
        select paid.payment_id, paid.payer_id, paid.payee_id, paid.currency, paid.amount, coalesce(back.amount, 0),
          case when back.amount is null then 1 else 2 end, paid.moment, coalesce(back.moment, paid.moment)
        from transfers as paid left join transfers as back on back.kind = 'refund' and back.n = paid.n
        where paid.kind = 'payment' order by paid.n
      ), changed as (
        update payments as p set refunded = back.amount, version = 2, updated_at = back.moment
        from transfers as back where back.kind = 'refund' and back.n < ${chunk.first} and p.id = back.payment_id
      ), refunded as (
        insert into refunds (payment_id, id, currency, amount, created_at)
        select payment_id, refund_id, currency, amount, moment from transfers where kind = 'refund' order by n
      ), moved as (
        insert into entries (transfer_id, account_id, currency, kind, amount, balance, payment_id, refund_id, created_at)
        select transfer_id, account_id, currency, kind, moved, balance, payment_id, refund_id, moment
        from entry order by moment, transfer_id
      )
      update accounts as a set balance = balance + sums.moved, version = version + total, updated_at = latest
      from (
        select account_id, sum(moved) as moved, count(*) as total, max(moment) as latest from entry group by 1
      ) as sums where a.id = sums.account_id`;
  }

  /** First deposit into each account: more than it can pay. */
  get #deposit(): number {
    return MAX_AMOUNT * this.#plan.payments;
  }

  #settlements(): string {
    const names = [...new Set(CURRENCIES)].map((currency, place) => `(${place}, '${currency}')`).join(", ");
    return `select ${
      this.#id("place", SALTS.settlement)
    } as id, currency from (values ${names}) as known (place, currency)
      where not exists (select from accounts where kind = 'settlement' and accounts.currency = known.currency)`;
  }

  #openings({ opened: [first] }: Chunk): string {
    return `with opened as materialized (
        select ${this.#id("number", SALTS.account)} as id, profile_id, currency, ${
      this.#id("number", SALTS.deposit)
    } as deposit_id,
          settlement.id as settlement_id, settlement.balance as settled
        from (
          select id as profile_id, ${first} + place - 1 as number, ${
      currencyOf(`${first} + place - 1`)
    } as currency
          from unnest($1::uuid[]) with ordinality as profile (id, place)
        ) as numbered
        join lateral (select id, balance from accounts as a where kind = 'settlement' and a.currency = numbered.currency)
          as settlement on true
      )`;
  }

  /** All payments of a chunk, and the refunds in its time, some of which are of payments before it. */
  #transfers({ first, end, opened, from, until }: Chunk): string {
    const { step } = this.#plan;
    const earliest = Math.max(0, first - Number(MAX_DELAY / step) - 2);
    const back = Math.ceil(earliest / REFUNDED_OF) * REFUNDED_OF;
    const tens = opened[1] / 10;
    const payer = `${this.#hash("n", SALTS.payer)} % ${opened[1]}`;
    return `with drawn as (
        select n, ${this.#momentOfPayment("n")} as at, ${payer} as payer, ${
      this.#hash("n", SALTS.payee)
    } as other,
          1 + ${this.#hash("n", SALTS.amount)} % ${MAX_AMOUNT} as amount, ${
      this.#hash("n", SALTS.part)
    } as part,
          ${this.#hash("n", SALTS.delay)} % ${Math.floor(Math.sqrt(Number(MAX_DELAY)))} as delay
        from (
          select generate_series(${first}::bigint, ${end - 1}) as n
          union all select generate_series(${back}::bigint, ${first - 1}, ${REFUNDED_OF})
        ) as numbers
      ), timed as (
        select n, at, payer, amount, (payer / 10 + 1 + other % ${
      tens - 1
    }) % ${tens} * 10 + payer % 10 as payee,
          case when n % ${REFUNDED_OF} = 0 then at + 60000000 + delay * delay end as back_at,
          case when part % 4 = 0 then (amount + 1) / 2 else amount end as back_amount
        from drawn
      ), made as (
        select n, 'payment' as kind, at, amount, null::bigint as back_at, payer, payee from timed where n >= ${first}
        union all select n, 'refund', at, back_amount, back_at, payer, payee
        from timed where back_at >= ${from} and back_at < ${until}
      ), transfers as materialized (
        select n, made.kind, amount, payer.currency, payer.id as payer_id, payee.id as payee_id,
          payer.profile_id as payer_profile, payee.profile_id as payee_profile,
          payer.balance as payer_balance, payee.balance as payee_balance,
          ${this.#idAt("at", "n", SALTS.payment)} as payment_id,
          case when made.kind = 'payment' then ${this.#idAt("at", "n", SALTS.transfer)}
            else ${this.#idAt("back_at", "n", SALTS.refundTransfer)} end as transfer_id,
          case when made.kind = 'refund' then ${this.#idAt("back_at", "n", SALTS.refund)} end as refund_id,
          ${moment("coalesce(back_at, at)")} as moment
        from made join accounts as payer on payer.id = ${this.#id("payer", SALTS.account)}
          join accounts as payee on payee.id = ${this.#id("payee", SALTS.account)}
      )`;
  }

  #payment(n: string): string {
    return this.#idAt(this.#momentOfPayment(n), n, SALTS.payment);
  }

  /** Microseconds of a payment: after the opening of accounts, and before the next payment. */
  #momentOfPayment(n: string): string {
    const { from, step } = this.#plan;
    return `(${from} + ${n} * ${step} + 2 + ${this.#hash(n, SALTS.time)} % ${step - 2n})`;
  }

  #id(number: string, salt: number): string {
    return this.#idAt(String(this.#plan.from), number, salt);
  }

  /** UUIDv7 of a time in microseconds, whose random part follows from a number. */
  #idAt(microseconds: string, number: string, salt: number): string {
    const low = `(${this.#hash(number, salt)} & 4611686018427387903) | (-9223372036854775808)`;
    const high = `((${microseconds} / 1000) << 16) | 28672 | (${this.#hash(number, salt + 100)} & 4095)`;
    return `encode(int8send(${high}) || int8send(${low}), 'hex')::uuid`;
  }

  /** Number from 0 to 2⁶³ - 1 that looks random. */
  #hash(number: string, salt: number): string {
    return `(hashint8extended(${number}, ${this.#plan.randomSeed * 1000 + salt}) & 9223372036854775807)`;
  }
}

function currencyOf(number: string): string {
  return `('{${CURRENCIES.join(",")}}'::text[])[(${number}) % 10 + 1]`;
}

function literal(microseconds: bigint): string {
  return `timestamptz '${momentOf(microseconds)}'`;
}

/** Time of microseconds, without the rounding of floating-point seconds. */
function moment(microseconds: string): string {
  return `timestamptz 'epoch' + ${microseconds} * interval '1 microsecond'`;
}
