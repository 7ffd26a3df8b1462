import type { Querier } from "@archway/db/db.ts";

/** A row of a table, as a person gets it. */
export type Row = Readonly<Record<string, unknown>> & { readonly id: string };

/** Number of rows that one statement reads. */
const BATCH = 500;

/** Rows of an account in the order of its index, so that each page continues where the one before ended. */
const page = (id: string): string =>
  `(created_at, ${id}) > ($2, $3) order by created_at, ${id} limit ${BATCH}`;

const ENTRIES = `select * from entries where account_id = $1 and ${page("transfer_id")}`;

// Rows of two accounts of the person are those of one of them.
const PAID = `select * from payments where payer_account_id = $1 and ${page("id")}`;

const RECEIVED = `select * from payments
  where payee_account_id = $1 and payer_account_id <> all ($4) and ${page("id")}`;

const SENT_REQUESTS = `select * from payment_requests where payee_account_id = $1 and ${page("id")}`;

const ASKED_REQUESTS = `select * from payment_requests
  where payer_account_id = $1 and payee_account_id <> all ($4) and ${page("id")}`;

const PAID_IDS = `select id, created_at from payments where payer_account_id = $1 and ${page("id")}`;

// A request that asked no account has its payer by the payment.
const PAID_REQUESTS = `select * from payment_requests
  where payment_id = any ($1) and payee_account_id <> all ($2) and coalesce(payer_account_id <> all ($2), true)
  order by id`;

const FIRST_TIME = "0001-01-01T00:00:00Z";

const FIRST_ID = "00000000-0000-0000-0000-000000000000";

interface Place {
  readonly created_at: string;
}

/** Entry of the statement of an account. */
export interface EntryRow extends Readonly<Record<string, unknown>>, Place {
  readonly kind: string;
  readonly transfer_id: string;
}

/** Reads the entries of accounts, oldest first. */
export async function* entryPages(
  db: Querier,
  accounts: readonly string[],
): AsyncIterable<readonly EntryRow[]> {
  for (const account of accounts) {
    yield* pagesOf<EntryRow>(db, { text: ENTRIES, account, idOf: (row) => row.transfer_id });
  }
}

/** Reads the payments from and to accounts. */
export async function* paymentPages(
  db: Querier,
  accounts: readonly string[],
): AsyncIterable<readonly Row[]> {
  for (const account of accounts) {
    yield* rowPages(db, { text: PAID, account });
    yield* rowPages(db, { text: RECEIVED, account, others: accounts });
  }
}

/** Reads the payment requests from and to accounts, and those that they paid. */
export async function* requestPages(
  db: Querier,
  accounts: readonly string[],
): AsyncIterable<readonly Row[]> {
  for (const account of accounts) {
    yield* rowPages(db, { text: SENT_REQUESTS, account });
    yield* rowPages(db, { text: ASKED_REQUESTS, account, others: accounts });
    for await (const payments of rowPages(db, { text: PAID_IDS, account })) {
      const { rows } = await db.query<Row>(PAID_REQUESTS, [payments.map(({ id }) => id), accounts]);
      if (rows.length > 0) yield rows;
    }
  }
}

interface PageOptions {
  readonly text: string;
  readonly account: string;
  /** Accounts of the person, whose rows are read for themselves. */
  readonly others?: readonly string[];
}

function rowPages(db: Querier, options: PageOptions): AsyncIterable<readonly Row[]> {
  return pagesOf<Row & Place>(db, { ...options, idOf: ({ id }) => id });
}

async function* pagesOf<R extends Place>(
  db: Querier,
  { text, account, others, idOf }: PageOptions & { readonly idOf: (row: R) => string },
): AsyncIterable<readonly R[]> {
  for (let after = [FIRST_TIME, FIRST_ID];;) {
    const { rows } = await db.query<R>(text, [account, ...after, ...others === undefined ? [] : [others]]);
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < BATCH) return;
    after = [last.created_at, idOf(last)];
  }
}
