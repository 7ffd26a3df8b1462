import type { Querier, QueryOptions } from "@archway/db/db.ts";
import type { EventStore, StoredEvent } from "@archway/events/event_store.ts";
import type { ResourceKey, ResourceKeys } from "@archway/service_kit/access_scope.ts";
import { readPage } from "@archway/service_kit/list_sql.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import { andOwned, scopedStatement, statementFor } from "@archway/service_kit/scoped_statement.ts";
import type { Payment, Refund } from "../domain/payment.ts";
import { paymentStream } from "../events/payment_event.ts";
import type {
  FirstOfParents,
  PaymentFilter,
  PaymentPartFilter,
  PaymentRepository,
  RefundKey,
} from "../ports.ts";
import { paymentList, refundList } from "./payment_list.ts";
import {
  PAYMENT_COLUMNS,
  paymentOfRow,
  type PaymentRow,
  REFUND_COLUMNS,
  refundOfRow,
  type RefundRow,
} from "./payment_row.ts";
import { isOwned } from "./profile_directory.ts";
import { readStreamPage } from "./read_stream_page.ts";

/** Returns the condition that the owner is payer or payee. */
function takesPart(owner: string): string {
  return `exists (select from accounts where accounts.id in (payer_account_id, payee_account_id)
    and ${isOwned("accounts.profile_id", owner)})`;
}

const FIND = scopedStatement(
  (owner) => `select ${PAYMENT_COLUMNS} from payments where id = $1${andOwned(owner, takesPart)}`,
  1,
);

const FIND_MANY = scopedStatement(
  (owner) => `select ${PAYMENT_COLUMNS} from payments where id = any ($1)${andOwned(owner, takesPart)}`,
  1,
);

// One index scan for each payment.
const REFUNDS_OF_PAYMENTS = scopedStatement(
  (owner) =>
    `select found.* from unnest($1::uuid[]) as parent (id) join payments on payments.id = parent.id${
      andOwned(owner, takesPart)
    } cross join lateral (
      select ${REFUND_COLUMNS} from refunds where payment_id = parent.id
      order by created_at desc, id desc limit $2
    ) as found order by "createdAt" desc, "id" desc`,
  2,
);

const FIND_REFUND = scopedStatement(
  (owner) =>
    `select ${REFUND_COLUMNS} from refunds join payments on payments.id = refunds.payment_id
    where refunds.payment_id = $1 and refunds.id = $2${andOwned(owner, takesPart)}`,
  2,
);

/** Reads payments, refunds and payment events in PostgreSQL. */
export class PostgresPaymentRepository implements PaymentRepository {
  readonly #events: EventStore;

  constructor(events: EventStore) {
    this.#events = events;
  }

  async find(db: Querier, { id, scope }: ResourceKey, options?: QueryOptions): Promise<Payment | undefined> {
    const { rows } = await db.query<PaymentRow>(...statementFor(FIND, scope, [id]), options);
    return rows[0] && paymentOfRow(rows[0]);
  }

  async findMany(
    db: Querier,
    { ids, scope }: ResourceKeys,
    options?: QueryOptions,
  ): Promise<readonly Payment[]> {
    const { rows } = await db.query<PaymentRow>(...statementFor(FIND_MANY, scope, [ids]), options);
    return rows.map(paymentOfRow);
  }

  async list(
    db: Querier,
    request: ListRequest<PaymentFilter>,
    options?: QueryOptions,
  ): Promise<Page<Payment>> {
    const page = await readPage<PaymentRow>(db, paymentList(request), { page: request.page, options });
    return { ...page, items: page.items.map(paymentOfRow) };
  }

  async findRefund(
    db: Querier,
    { paymentId, id, scope }: RefundKey,
    options?: QueryOptions,
  ): Promise<Refund | undefined> {
    const statement = statementFor(FIND_REFUND, scope, [paymentId, id]);
    const { rows } = await db.query<RefundRow>(...statement, options);
    return rows[0] && refundOfRow(rows[0]);
  }

  async listRefunds(
    db: Querier,
    request: ListRequest<PaymentPartFilter>,
    options?: QueryOptions,
  ): Promise<Page<Refund>> {
    const page = await readPage<RefundRow>(db, refundList(request), { page: request.page, options });
    return { ...page, items: page.items.map(refundOfRow) };
  }

  async listRefundsOfPayments(
    db: Querier,
    { parents, limit, scope }: FirstOfParents,
    options?: QueryOptions,
  ): Promise<readonly Refund[]> {
    const statement = statementFor(REFUNDS_OF_PAYMENTS, scope, [parents, limit]);
    const { rows } = await db.query<RefundRow>(...statement, options);
    return rows.map(refundOfRow);
  }

  async listEvents(
    db: Querier,
    { filter: { paymentId }, page }: ListRequest<PaymentPartFilter, bigint>,
    options?: QueryOptions,
  ): Promise<Page<StoredEvent>> {
    return await readStreamPage(this.#events, db, { stream: paymentStream(paymentId), page, options });
  }
}
