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
import { exportPayments, PENDING_OF_PERSON } from "./export_payments.ts";
import { paymentPages, requestPages } from "./payment_pages.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const ACCOUNT_IDS = "select id from accounts where profile_id = $1 order by id";

const BALANCES =
  "select id, balance, currency from accounts where profile_id = $1 and balance <> 0 order by id";

// As an array, because a planner uses indexes for either side of a disjunction then.
const OF_ACCOUNTS = "= any (array(select id from accounts where profile_id = $1))";

const OF_PERSON = `(payer_account_id ${OF_ACCOUNTS} or payee_account_id ${OF_ACCOUNTS})`;

// A request that asked no account has its payer by the payment.
const PAID_BY_PERSON =
  `payment_id = any (array(select id from payments where payer_account_id ${OF_ACCOUNTS}))`;

const REQUEST_OF_PERSON = `(${OF_PERSON} or ${PAID_BY_PERSON})`;

const REQUEST_IDS = `select id from payment_requests where ${REQUEST_OF_PERSON} order by id`;

// Responses from before their payer was known do not mention them. Those about a payee do.
const PAYER_REQUEST_IDS =
  `select id from payment_requests where payer_account_id ${OF_ACCOUNTS} or ${PAID_BY_PERSON} order by id`;

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

const ERASE_ITEMS = `update payment_request_batch_items
  set terms = (terms::jsonb || '{"description": null, "reference": null}')::json
  where ${PENDING_OF_PERSON} and coalesce(terms->>'description', terms->>'reference') is not null`;

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
    yield* exportPayments(db, { id }, { store: storeOf(cipher), former: await requestsThatAsked(db, id) });
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
    const db = pool.writer();
    const store = storeOf(cipher);
    const accounts = (await db.query<{ id: string }>(ACCOUNT_IDS, [id])).rows.map((row) => row.id);
    for await (const payments of paymentPages(db, accounts)) {
      await store.encryptStored(pool, { streams: payments.map((payment) => paymentStream(payment.id)) });
    }
    const former = await requestsThatAsked(db, id);
    await store.encryptStored(pool, { streams: former.map(requestStream) });
    for await (const requests of requestPages(db, accounts)) {
      await store.encryptStored(pool, { streams: requests.map((request) => requestStream(request.id)) });
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

function storeOf(cipher: PersonalDataCipher | undefined): EventStore {
  return new EventStore(PAYMENT_UPCASTERS, { personal: personalFieldsOf, cipher });
}

/** Returns the requests that ask a person, or did before a revision. */
async function requestsThatAsked(db: Querier, id: string): Promise<readonly string[]> {
  const types = ["payment_request.created", "payment_request.revised"];
  const streams = await storeOf(undefined).findStreams(db, { types, member: "payerProfileId", value: id });
  return streams.map((stream) => stream.slice(requestStream("").length));
}
