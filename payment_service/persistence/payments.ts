import type { Querier, QueryOptions } from "@archway/db/db.ts";
import type { StoredEvent } from "@archway/events/event_store.ts";
import type { EventStore } from "@archway/events/event_store.ts";
import type { KeysetPage, KeysetPosition, PageOf, Pivot } from "@archway/service_kit/paging/keyset.ts";
import { readKeysetPage } from "@archway/service_kit/paging/read_keyset_page.ts";
import type { Payment, Refund } from "../domain/payment.ts";
import { paymentStream } from "../events/payment_event.ts";
import type { Key, PaymentFilter, PaymentRepository, RefundKey } from "../ports.ts";
import { PaymentListSql } from "./payment_list_sql.ts";
import {
  PAYMENT_COLUMNS,
  paymentOfRow,
  type PaymentRow,
  REFUND_COLUMNS,
  refundOfRow,
  type RefundRow,
} from "./payment_row.ts";
import { RefundListSql } from "./refund_list_sql.ts";
import { isOwned } from "./owned_profile.ts";
import { andOwned, forViewer, viewedStatement } from "@archway/service_kit/ownership/viewed_statement.ts";

/** That the owner has part in a payment. */
function hasPart(owner: string): string {
  return `exists (select from accounts where accounts.id in (payer_account_id, payee_account_id)
    and ${isOwned("accounts.profile_id", owner)})`;
}

const FIND = viewedStatement(
  (owner) => `select ${PAYMENT_COLUMNS} from payments where id = $1${andOwned(owner, hasPart)}`,
  1,
);

const FIND_REFUND = viewedStatement(
  (owner) =>
    `select ${REFUND_COLUMNS} from refunds join payments on payments.id = refunds.payment_id
    where refunds.payment_id = $1 and refunds.id = $2${andOwned(owner, hasPart)}`,
  2,
);

/** Keeps payments in PostgreSQL. */
export class PostgresPaymentRepository implements PaymentRepository {
  readonly #events: EventStore;

  constructor(events: EventStore) {
    this.#events = events;
  }

  async find(db: Querier, { id, viewer }: Key, options?: QueryOptions): Promise<Payment | undefined> {
    const { rows } = await db.query<PaymentRow>(...forViewer(FIND, viewer, [id]), options);
    return rows[0] && paymentOfRow(rows[0]);
  }

  async list(db: Querier, filter: PaymentFilter, page: PageOf & QueryOptions): Promise<KeysetPage<Payment>> {
    const { items, ...sides } = await readKeysetPage<PaymentRow, Pivot>(db, new PaymentListSql(filter), page);
    return { ...sides, items: items.map(paymentOfRow) };
  }

  async findRefund(
    db: Querier,
    { paymentId, id, viewer }: RefundKey,
    options?: QueryOptions,
  ): Promise<Refund | undefined> {
    const { rows } = await db.query<RefundRow>(...forViewer(FIND_REFUND, viewer, [paymentId, id]), options);
    return rows[0] && refundOfRow(rows[0]);
  }

  async listRefunds(
    db: Querier,
    paymentId: string,
    page: PageOf & QueryOptions,
  ): Promise<KeysetPage<Refund>> {
    const list = new RefundListSql(paymentId);
    const { items, ...sides } = await readKeysetPage<RefundRow, Pivot>(db, list, page);
    return { ...sides, items: items.map(refundOfRow) };
  }

  async listEvents(
    db: Querier,
    paymentId: string,
    { limit, position, ...options }: PageOf<bigint> & QueryOptions,
  ): Promise<KeysetPage<StoredEvent>> {
    const { after, count } = versionRange(limit, position);
    const events = await this.#events.readStream(db, paymentStream(paymentId), {
      ...options,
      after,
      limit: count + 1,
    });
    return { items: events.slice(0, count), hasNext: events.length > count, hasPrevious: after > 0n };
  }
}

/** The versions of a stream are 1, 2, 3 …, so what lies on the other side of a page is known without asking. */
function versionRange(
  limit: number,
  position: KeysetPosition<bigint> | undefined,
): { readonly after: bigint; readonly count: number } {
  if (position === undefined) return { after: 0n, count: limit };
  const { direction, pivot, inclusive } = position;
  if (direction === "after") return { after: inclusive ? pivot - 1n : pivot, count: limit };
  const last = inclusive ? pivot : pivot - 1n;
  const after = last > BigInt(limit) ? last - BigInt(limit) : 0n;
  return { after, count: Number(last - after) };
}
