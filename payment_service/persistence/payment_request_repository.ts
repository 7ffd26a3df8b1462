import type { Querier, QueryOptions } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { EventStore, StoredEvent } from "@archway/events/event_store.ts";
import type { ResourceKey } from "@archway/service_kit/access_scope.ts";
import { type ListSql, readPage } from "@archway/service_kit/list_sql.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import { andOwned, scopedStatement, statementFor } from "@archway/service_kit/scoped_statement.ts";
import { selectList } from "@archway/service_kit/select_list.ts";
import { type PaymentRequest, requestAt } from "../domain/payment_request.ts";
import { requestStream } from "../events/payment_event.ts";
import type {
  FoundRequest,
  PaymentRequestFilter,
  PaymentRequestRepository,
  ReferenceClaim,
  RevisionFilter,
  RevisionOptions,
} from "../ports.ts";
import type { Flat } from "./payment_row.ts";
import { isOwned } from "./profile_directory.ts";
import { readStreamPage } from "./read_stream_page.ts";
import { SidedList } from "./sided_list.ts";

/** Row of the table `payment_requests`. */
export type PaymentRequestRow = Flat<PaymentRequest>;

/** SELECT list of a {@link PaymentRequestRow}. */
export const REQUEST_COLUMNS: string = selectList<PaymentRequestRow>([
  ...["id", "payeeAccountId", "payerAccountId", "reference", "currency", "amount", "description"] as const,
  ...["status", "paymentId", "version", "expiresAt", "createdAt", "updatedAt"] as const,
], "payment_requests");

/** Returns the condition that the owner has one of the accounts. */
function has(owner: string, accounts: string): string {
  return `exists (select from accounts where accounts.id in (${accounts}) and ${
    isOwned("accounts.profile_id", owner)
  })`;
}

const FIND = scopedStatement(
  (owner) =>
    `select ${REQUEST_COLUMNS}, ${
      owner === undefined ? "true" : has(owner, "payee_account_id")
    } as "isPayee" from payment_requests where id = $1${
      andOwned(
        owner,
        (subject) => `(payer_account_id is null or ${has(subject, "payee_account_id, payer_account_id")})`,
      )
    }`,
  1,
);

const FIND_DUE = `select ${REQUEST_COLUMNS} from payment_requests
  where status = 'created' and expires_at <= $1 order by expires_at, id limit $2`;

// An owner is a subject, or no one while authentication is off.
const CLAIM = `insert into payment_request_references (owner, reference, request_id)
  select coalesce(owner, ''), $1::text, $2::uuid from published_profiles where id = $3 on conflict do nothing returning request_id`;

// A statement of its own, as the one above does not see a row that was committed while it waited.
const CLAIMED = `select request_id from payment_request_references
  where reference = $1 and owner = (select coalesce(owner, '') from published_profiles where id = $2)`;

/** Converts a row to a payment request. */
export function requestOfRow({ currency, amount, ...row }: PaymentRequestRow): PaymentRequest {
  return { ...row, amount: { units: amount, currency } };
}

/** Returns the list of payment requests, with their status at a time. */
function requestList({ scope, filter }: ListRequest<PaymentRequestFilter>, now: Timestamp): ListSql {
  const { accountId, status, reference, from, to } = filter;
  const list = new SidedList({ columns: REQUEST_COLUMNS, from: "payment_requests", scope, accountId });
  if (status === "created") list.where(`status = 'created' and expires_at > ${list.bind(now)}`);
  else if (status === "expired") {
    list.where(`status in ('created', 'expired') and expires_at <= ${list.bind(now)}`);
  } else if (status !== undefined) list.where(`status = ${list.bind(status)}`);
  if (reference !== undefined) list.where(`reference = ${list.bind(reference)}`);
  return list.within(from, to);
}

/** Reads payment requests in PostgreSQL, and takes their references. */
export class PostgresPaymentRequestRepository implements PaymentRequestRepository {
  readonly #events: EventStore;

  constructor(events: EventStore) {
    this.#events = events;
  }

  async find(
    db: Querier,
    { id, scope }: ResourceKey,
    options?: QueryOptions,
  ): Promise<FoundRequest | undefined> {
    const statement = statementFor(FIND, scope, [id]);
    const { rows: [found] } = await db.query<PaymentRequestRow & { readonly isPayee: boolean }>(
      ...statement,
      options,
    );
    if (found === undefined) return undefined;
    const { isPayee, ...row } = found;
    return { request: requestOfRow(row), isPayee };
  }

  async list(
    db: Querier,
    request: ListRequest<PaymentRequestFilter>,
    { now, ...options }: QueryOptions & { readonly now: Timestamp },
  ): Promise<Page<PaymentRequest>> {
    const { page } = request;
    const found = await readPage<PaymentRequestRow>(db, requestList(request, now), { page, options });
    return { ...found, items: found.items.map((row) => requestAt(requestOfRow(row), now)) };
  }

  async listRevisions(
    db: Querier,
    { filter: { requestId }, page }: ListRequest<RevisionFilter, bigint>,
    { onlyFor, ...options }: RevisionOptions = {},
  ): Promise<Page<StoredEvent>> {
    const stream = requestStream(requestId);
    if (onlyFor === undefined) return await readStreamPage(this.#events, db, { stream, page, options });
    const { payerAccountId } = onlyFor;
    const search = { member: "payerAccountId", value: payerAccountId, ...options };
    const since = await this.#events.lastOther(db, stream, search);
    const found = await readStreamPage(this.#events, db, { stream, page, options, since });
    // A revision that was committed in between may ask another account.
    const items = found.items.filter(({ data }) =>
      (data["payerAccountId"] ?? payerAccountId) === payerAccountId
    );
    return { ...found, items };
  }

  async findDue(
    db: Querier,
    { now, limit }: { readonly now: Timestamp; readonly limit: number },
  ): Promise<readonly PaymentRequest[]> {
    return (await db.query<PaymentRequestRow>(FIND_DUE, [now, limit])).rows.map(requestOfRow);
  }

  async claimReference(tx: Querier, { requestId, reference, profileId }: ReferenceClaim): Promise<string> {
    type Row = { readonly request_id: string };
    const taken = await tx.query<Row>(CLAIM, [reference, requestId, profileId]);
    const { rows: [row] } = taken.rowCount > 0 ? taken : await tx.query<Row>(CLAIMED, [reference, profileId]);
    if (row === undefined) throw new Error("The profile of a payee is missing");
    return row.request_id;
  }
}
