import type { ConnectionPool, Querier, Transaction } from "@archway/db/db.ts";
import { EventStore } from "@archway/events/event_store.ts";
import { formatMoney } from "@archway/service_kit/money.ts";
import type {
  DataSubject,
  ErasedRows,
  PersonalDataCipher,
  PersonalDataSource,
  PersonalRecord,
} from "@archway/service_kit/personal_data.ts";
import type { Account } from "../domain/account.ts";
import { paymentStream, requestStream } from "../events/payment_event.ts";
import { PAYMENT_UPCASTERS, personalFieldsOf } from "../events/payment_event_data.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Number of rows, or of streams, that one statement reads. */
const BATCH = 500;

/** Maximum number of events of a stream that one statement reads. */
const EVENTS = 1000;

const ACCOUNT_IDS = "select id from accounts where profile_id = $1 order by id";

const ACCOUNTS = "select * from accounts where profile_id = $1 order by id";

const BALANCES =
  "select id, balance, currency from accounts where profile_id = $1 and balance <> 0 order by id";

const ENTRIES = `select entries.* from entries join accounts on accounts.id = entries.account_id
  where accounts.profile_id = $1 and (entries.account_id, entries.transfer_id) > ($2, $3)
  order by entries.account_id, entries.transfer_id limit ${BATCH}`;

// As an array, because a planner uses indexes for either side of a disjunction then.
const OF_ACCOUNTS = "= any (array(select id from accounts where profile_id = $1))";

const OF_PERSON = `(payer_account_id ${OF_ACCOUNTS} or payee_account_id ${OF_ACCOUNTS})`;

const PAYMENT_IDS = `select id from payments where ${OF_PERSON} order by id`;

const PAYMENTS = "select * from payments where id = any ($1) order by id";

// A request that asked no account has its payer by the payment.
const PAID_BY_PERSON =
  `payment_id = any (array(select id from payments where payer_account_id ${OF_ACCOUNTS}))`;

const REQUEST_OF_PERSON = `(${OF_PERSON} or ${PAID_BY_PERSON})`;

const REQUEST_IDS = `select id from payment_requests where ${REQUEST_OF_PERSON} order by id`;

const REQUESTS = "select * from payment_requests where id = any ($1) order by id";

// Responses from before their payer was known do not mention them. Those about a payee do.
const PAYER_REQUEST_IDS =
  `select id from payment_requests where payer_account_id ${OF_ACCOUNTS} or ${PAID_BY_PERSON} order by id`;

const REFUNDS = "select * from refunds where payment_id = any ($1) order by payment_id, id";

// As payments do, in the same order: those in progress end first, and later ones find the person erased.
const LOCK = `select id from accounts where profile_id = $1 or id = any (array(
    select payee_account_id from payment_requests where id = any ($2) and status = 'created'
  )) order by id for no key update`;

const ERASE_PAYMENTS =
  `update payments set description = null where ${OF_PERSON} and description is not null`;

const ERASE_REFUNDS = `update refunds set description = null where description is not null
  and payment_id = any (array(select id from payments where ${OF_PERSON}))`;

const ERASE_REQUESTS =
  `update payment_requests set description = null where (${REQUEST_OF_PERSON} or id = any ($2)) and description is not null`;

// It belongs to the books of the payee alone.
const ERASE_REFERENCES = `update payment_requests set reference = null
  where payee_account_id ${OF_ACCOUNTS} and reference is not null`;

const FREE_REFERENCES = `delete from payment_request_references where request_id = any (array(
    select id from payment_requests where payee_account_id ${OF_ACCOUNTS}
  ))`;

const PENDING_OF_PERSON = `status = 'pending' and exists (
    select from accounts where profile_id = $1 and id::text in (terms->>'payeeAccountId', terms->>'payerAccountId')
  )`;

const ITEMS =
  `select * from payment_request_batch_items where ${PENDING_OF_PERSON} and (batch_id, place) > ($2, $3)
  order by batch_id, place limit ${BATCH}`;

const ERASE_ITEMS = `update payment_request_batch_items
  set terms = (terms::jsonb || '{"description": null, "reference": null}')::json
  where ${PENDING_OF_PERSON} and coalesce(terms->>'description', terms->>'reference') is not null`;

const FIRST_ID = "00000000-0000-0000-0000-000000000000";

/** Exports and erases accounts and payments of a profile. Amounts, ids and times stay, so that the books balance. */
export const paymentPersonalData: PersonalDataSource = {
  async references(db: Querier, id: string): Promise<readonly string[]> {
    if (!UUID.test(id)) return [];
    const accounts = await db.query<{ id: string }>(ACCOUNT_IDS, [id]);
    const requests = await db.query<{ id: string }>(PAYER_REQUEST_IDS, [id]);
    const ids = [...accounts.rows, ...requests.rows].map((row) => row.id);
    return [...new Set([...ids, ...await requestsThatAsked(db, id)])];
  },

  async keysOf(tx: Transaction, { id }: DataSubject): Promise<readonly string[]> {
    if (!UUID.test(id)) return [];
    const current = (await tx.query<{ id: string }>(REQUEST_IDS, [id])).rows.map((row) => row.id);
    return [...new Set([...current, ...await requestsThatAsked(tx, id)])].map(requestStream);
  },

  async *export(db: Querier, { id, cipher }: DataSubject): AsyncIterable<PersonalRecord> {
    if (!UUID.test(id)) return;
    const store = storeOf(cipher);
    const accounts = (await db.query<Row>(ACCOUNTS, [id])).rows;
    for (const data of accounts) yield { table: "accounts", data };
    for (const account of accounts) yield* eventsOf(db, store, `account-${account.id}`);
    yield* entriesOf(db, store, id);
    for await (const payments of pagesOf(db, [PAYMENT_IDS, PAYMENTS], id)) {
      for (const data of payments) yield { table: "payments", data };
      const refunds = await db.query<Row>(REFUNDS, [payments.map((payment) => payment.id)]);
      for (const data of refunds.rows) yield { table: "refunds", data };
      for (const payment of payments) yield* eventsOf(db, store, paymentStream(payment.id));
    }
    const former = new Set(await requestsThatAsked(db, id));
    for await (const requests of pagesOf(db, [REQUEST_IDS, REQUESTS], id)) {
      for (const data of requests) yield { table: "payment_requests", data };
      for (const request of requests) yield* eventsOf(db, store, requestStream(request.id));
      for (const request of requests) former.delete(request.id);
    }
    yield* itemsOf(db, id);
    // What was asked of them alone: the rest concerns a later payer.
    for (const request of former) {
      for await (const event of eventsOf(db, store, requestStream(request))) {
        if (Object(event.data["data"]).payerProfileId === id) yield event;
      }
    }
  },

  async stranded(db: Querier, { id }: DataSubject): Promise<readonly string[]> {
    if (!UUID.test(id)) return [];
    const { rows } = await db.query<Pick<Account, "id" | "balance" | "currency">>(BALANCES, [id]);
    return rows.map((account) => {
      const { amount } = formatMoney({ units: account.balance, currency: account.currency });
      return `account ${account.id} has a balance of ${amount} ${account.currency}`;
    });
  },

  async prepare(pool: ConnectionPool, { id, cipher }: DataSubject): Promise<void> {
    if (!UUID.test(id)) return;
    for await (const payments of pagesOf(pool.writer(), [PAYMENT_IDS, PAYMENTS], id)) {
      await storeOf(cipher).encryptStored(pool, { streams: payments.map((one) => paymentStream(one.id)) });
    }
    const former = await requestsThatAsked(pool.writer(), id);
    await storeOf(cipher).encryptStored(pool, { streams: former.map(requestStream) });
    for await (const requests of pagesOf(pool.writer(), [REQUEST_IDS, REQUESTS], id)) {
      await storeOf(cipher).encryptStored(pool, { streams: requests.map((one) => requestStream(one.id)) });
    }
  },

  async erase(tx: Transaction, { id }: DataSubject): Promise<readonly ErasedRows[]> {
    if (!UUID.test(id)) return [];
    await tx.query(LOCK, [id, await requestsThatAsked(tx, id)]);
    const former = await requestsThatAsked(tx, id);
    const payments = await tx.query(ERASE_PAYMENTS, [id]);
    const refunds = await tx.query(ERASE_REFUNDS, [id]);
    const requests = await tx.query(ERASE_REQUESTS, [id, former]);
    await tx.query(ERASE_REFERENCES, [id]);
    await tx.query(FREE_REFERENCES, [id]);
    const items = await tx.query(ERASE_ITEMS, [id]);
    return [
      { table: "payments", rows: payments.rowCount },
      { table: "refunds", rows: refunds.rowCount },
      { table: "payment_requests", rows: requests.rowCount },
      { table: "payment_request_batch_items", rows: items.rowCount },
    ];
  },

  encryptStored: (pool, { cipher, signal, onProgress }) =>
    storeOf(cipher).encryptStored(pool, { signal, onProgress }),
};

type Row = Readonly<Record<string, unknown>> & { readonly id: string };

function storeOf(cipher: PersonalDataCipher | undefined): EventStore {
  return new EventStore(PAYMENT_UPCASTERS, { personal: personalFieldsOf, cipher });
}

/** Returns the requests that ask a person, or did before a revision. */
async function requestsThatAsked(db: Querier, id: string): Promise<readonly string[]> {
  const types = ["payment_request.created", "payment_request.revised"];
  const streams = await storeOf(undefined).findStreams(db, { types, member: "payerProfileId", value: id });
  return streams.map((stream) => stream.slice(requestStream("").length));
}

/** Returns rows of a person in batches: their ids are read once, and each batch by its ids. */
async function* pagesOf(
  db: Querier,
  [ids, rows]: readonly [ids: string, rows: string],
  person: string,
): AsyncIterable<readonly Row[]> {
  const found = (await db.query<Row>(ids, [person])).rows.map(({ id }) => id);
  for (let from = 0; from < found.length; from += BATCH) {
    yield (await db.query<Row>(rows, [found.slice(from, from + BATCH)])).rows;
  }
}

async function* entriesOf(db: Querier, store: EventStore, id: string): AsyncIterable<PersonalRecord> {
  for (let after = [FIRST_ID, FIRST_ID];;) {
    const { rows } = await db.query<EntryRow>(ENTRIES, [id, ...after]);
    for (const data of rows) {
      yield { table: "entries", data };
      if (data.kind === "deposit") yield* eventsOf(db, store, `deposit-${data.transfer_id}`);
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    after = [last.account_id, last.transfer_id];
  }
}

async function* itemsOf(db: Querier, id: string): AsyncIterable<PersonalRecord> {
  for (let after: readonly [string, bigint] = [FIRST_ID, 0n];;) {
    const { rows } = await db.query<ItemRow>(ITEMS, [id, ...after]);
    for (const data of rows) yield { table: "payment_request_batch_items", data };
    const last = rows.at(-1);
    if (last === undefined) return;
    after = [last.batch_id, last.place];
  }
}

interface ItemRow extends Readonly<Record<string, unknown>> {
  readonly batch_id: string;
  readonly place: bigint;
}

interface EntryRow extends Readonly<Record<string, unknown>> {
  readonly kind: string;
  readonly account_id: string;
  readonly transfer_id: string;
}

async function* eventsOf(db: Querier, store: EventStore, stream: string): AsyncIterable<PersonalRecord> {
  for (let after = 0n;;) {
    const events = await store.readStream(db, stream, { after, limit: EVENTS });
    for (const event of events) yield { table: "events", data: { ...event } };
    const last = events.at(-1);
    if (last === undefined || events.length < EVENTS) return;
    after = last.version;
  }
}
