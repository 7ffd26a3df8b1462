import type { Querier } from "@archway/db/db.ts";
import type { EventStore } from "@archway/events/event_store.ts";
import type { DataSubject, PersonalRecord } from "@archway/service_kit/personal_data.ts";
import { paymentStream, requestStream } from "../events/payment_event.ts";
import { personalFieldsOf } from "../events/payment_event_data.ts";
import { entryPages, paymentPages, requestPages, type Row } from "./payment_pages.ts";

const ACCOUNTS = "select * from accounts where profile_id = $1 order by id";

const REFUNDS = "select * from refunds where payment_id = any ($1) order by payment_id, id";

/** Items of the person in batches that are not processed yet. */
export const PENDING_OF_PERSON = `status = 'pending' and exists (
    select from accounts where profile_id = $1 and id::text in (terms->>'payeeAccountId', terms->>'payerAccountId')
  )`;

const ITEMS =
  `select * from payment_request_batch_items where ${PENDING_OF_PERSON} and (batch_id, place) > ($2, $3)
  order by batch_id, place limit 500`;

const FIRST_ID = "00000000-0000-0000-0000-000000000000";

/** Reads everything about a person, in pages. */
export async function* exportPayments(
  db: Querier,
  { id }: Pick<DataSubject, "id">,
  { store, former }: {
    readonly store: EventStore;
    /** Requests that ask the person, or did before a revision. */
    readonly former: readonly string[];
  },
): AsyncIterable<PersonalRecord> {
  const eventsOf = (streams: readonly string[]): AsyncIterable<PersonalRecord> =>
    exportEvents(db, { store, streams, person: id });
  const { rows: accountRows } = await db.query<Row>(ACCOUNTS, [id]);
  const accounts = accountRows.map((row) => row.id);
  for (const data of accountRows) yield { table: "accounts", data, isPersonal: false };
  yield* eventsOf(accounts.map((account) => `account-${account}`));
  for await (const entries of entryPages(db, accounts)) {
    for (const data of entries) yield { table: "entries", data, isPersonal: false };
    const deposits = entries.filter(({ kind }) => kind === "deposit");
    yield* eventsOf(deposits.map((entry) => `deposit-${entry.transfer_id}`));
  }
  for await (const payments of paymentPages(db, accounts)) {
    const ids = payments.map((payment) => payment.id);
    yield* described("payments", payments);
    yield* described("refunds", (await db.query<Row>(REFUNDS, [ids])).rows);
    yield* eventsOf(ids.map(paymentStream));
  }
  const rest = new Set(former);
  for await (const requests of requestPages(db, accounts)) {
    for (const data of requests) {
      const isPayee = accounts.includes(String(data["payee_account_id"]));
      const isPersonal = isText(data["description"]) || isPayee && isText(data["reference"]);
      yield { table: "payment_requests", data, isPersonal };
    }
    yield* eventsOf(requests.map((request) => requestStream(request.id)));
    for (const request of requests) rest.delete(request.id);
  }
  yield* exportItems(db, id);
  // What was asked of them alone: the rest concerns a later payer.
  for await (const event of eventsOf([...rest].map(requestStream))) {
    if (Object(event.data["data"]).payerProfileId === id) yield event;
  }
}

function* described(table: string, rows: readonly Row[]): Iterable<PersonalRecord> {
  for (const data of rows) yield { table, data, isPersonal: isText(data["description"]) };
}

async function* exportItems(db: Querier, id: string): AsyncIterable<PersonalRecord> {
  for (let after: readonly [string, bigint] = [FIRST_ID, 0n];;) {
    const { rows } = await db.query<ItemRow>(ITEMS, [id, ...after]);
    for (const data of rows) {
      const { description, reference } = Object(data.terms);
      yield {
        table: "payment_request_batch_items",
        data,
        isPersonal: isText(description) || isText(reference),
      };
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    after = [last.batch_id, last.place];
  }
}

interface ItemRow extends Readonly<Record<string, unknown>> {
  readonly batch_id: string;
  readonly place: bigint;
  readonly terms: unknown;
}

async function* exportEvents(
  db: Querier,
  { store, streams, person }: {
    readonly store: EventStore;
    readonly streams: readonly string[];
    readonly person: string;
  },
): AsyncIterable<PersonalRecord> {
  for await (const events of store.readStreams(db, streams)) {
    for (const event of events) {
      const isPersonal = personalFieldsOf(event).some(({ fields, subjects }) =>
        // The key of a request is destroyed with each person of it.
        (subjects.includes(person) || subjects.includes(event.stream)) &&
        fields.some((field) => isText(event.data[field]))
      );
      yield { table: "events", data: { ...event }, isPersonal };
    }
  }
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}
