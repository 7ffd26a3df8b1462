import type { Querier, QueryOptions } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { EventMetadata } from "@archway/events/event_store.ts";
import { type ResourceKey, UNRESTRICTED } from "@archway/service_kit/access_scope.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import { andOwned, scopedStatement, statementFor } from "@archway/service_kit/scoped_statement.ts";
import type {
  PaymentRequestBatch,
  PaymentRequestBatchItem,
  PendingItem,
} from "../domain/payment_request_batch.ts";
import type { PaymentRequestTerms } from "../domain/payment_request.ts";
import type { BatchCaller, BatchItemFilter, NewBatch, PaymentRequestBatchRepository } from "../ports.ts";
import { placesOf } from "./read_stream_page.ts";

// One statement, so that a batch is never without its items.
const INSERT = `with batch as (
    insert into payment_request_batches (id, owner, is_admin, metadata, created_at, expires_at)
    values ($1, $2, $3, $4, $5, $6)
  )
  insert into payment_request_batch_items (batch_id, place, request_id, status, terms, refusal)
  select $1::uuid, place, request_id, case when refusal is null then 'pending' else 'failed' end, terms, refusal
  from unnest($7::uuid[], $8::json[], $9::json[]) with ordinality as item (request_id, terms, refusal, place)`;

const FIND = scopedStatement(
  (owner) =>
    `select id, count(*) as total, count(*) filter (where item.status = 'created') as created,
      count(*) filter (where item.status = 'failed') as failed,
      created_at as "createdAt", expires_at as "expiresAt"
    from payment_request_batches join payment_request_batch_items as item on batch_id = id
    where id = $1 and expires_at > $2${andOwned(owner)} group by id`,
  2,
);

const LIST_ITEMS = `select place, request_id as "requestId", status, refusal from payment_request_batch_items
  where batch_id = $1 and place > $2 order by place limit $3`;

const FIND_CALLER =
  `select owner, is_admin as "isAdmin", metadata from payment_request_batches where id = $1`;

const LOCK_PENDING = `select place, request_id as "requestId", terms from payment_request_batch_items
  where batch_id = $1 and status = 'pending' order by place limit 1 for update`;

const SETTLE = `update payment_request_batch_items
  set status = case when $3::json is null then 'created' else 'failed' end, refusal = $3, terms = null
  where batch_id = $1 and place = $2`;

const DELETE_GONE = "delete from payment_request_batches where expires_at <= $1";

/** Terms as they are stored, with minor units as decimal digits. */
type StoredTerms = Omit<PaymentRequestTerms, "amount"> & {
  readonly amount: { readonly units: string; readonly currency: string };
};

function termsToJson({ amount: { units, currency }, ...terms }: PaymentRequestTerms): string {
  return JSON.stringify({ ...terms, amount: { units: String(units), currency } } satisfies StoredTerms);
}

/** Stores batches in PostgreSQL. */
export class PostgresPaymentRequestBatchRepository implements PaymentRequestBatchRepository {
  async insert(
    tx: Querier,
    { id, items, createdAt, expiresAt }: NewBatch,
    { owner, scope, metadata }: BatchCaller,
  ): Promise<void> {
    await tx.query(INSERT, [
      ...[id, owner, scope.kind === "all", JSON.stringify(metadata), createdAt, expiresAt],
      items.map(({ requestId }) => requestId),
      items.map((item) => "terms" in item ? termsToJson(item.terms) : null),
      items.map((item) => "refusal" in item ? JSON.stringify(item.refusal) : null),
    ]);
  }

  async find(
    db: Querier,
    { id, scope, now }: ResourceKey & { readonly now: Timestamp },
    options?: QueryOptions,
  ): Promise<PaymentRequestBatch | undefined> {
    const { rows } = await db.query<PaymentRequestBatch>(...statementFor(FIND, scope, [id, now]), options);
    return rows[0];
  }

  async listItems(
    db: Querier,
    { filter: { batchId }, page }: ListRequest<BatchItemFilter, bigint>,
    options?: QueryOptions,
  ): Promise<Page<PaymentRequestBatchItem>> {
    const { after, count } = placesOf(page);
    const parameters = [batchId, after, count + 1];
    const { rows } = await db.query<PaymentRequestBatchItem>(LIST_ITEMS, parameters, options);
    return { items: rows.slice(0, count), hasNext: rows.length > count, hasPrevious: after > 0n };
  }

  async findCaller(db: Querier, batchId: string): Promise<BatchCaller | undefined> {
    type Row = Pick<BatchCaller, "owner"> & { readonly isAdmin: boolean; readonly metadata: EventMetadata };
    const { rows: [row] } = await db.query<Row>(FIND_CALLER, [batchId]);
    if (row === undefined) return undefined;
    const { owner, isAdmin, metadata } = row;
    const isUnrestricted = isAdmin || owner === null;
    return { owner, scope: isUnrestricted ? UNRESTRICTED : { kind: "owner", subject: owner }, metadata };
  }

  async lockPending(tx: Querier, batchId: string): Promise<PendingItem | undefined> {
    type Row = Omit<PendingItem, "terms"> & { readonly terms: StoredTerms };
    const { rows: [row] } = await tx.query<Row>(LOCK_PENDING, [batchId]);
    if (row === undefined) return undefined;
    const { amount: { units, currency }, ...terms } = row.terms;
    return { ...row, terms: { ...terms, amount: { units: BigInt(units), currency } } };
  }

  async settle(
    tx: Querier,
    { batchId, place, refusal }: Parameters<PaymentRequestBatchRepository["settle"]>[1],
    options?: Pick<QueryOptions, "last">,
  ): Promise<void> {
    const text = refusal === undefined ? null : JSON.stringify(refusal);
    await tx.query(SETTLE, [batchId, place, text], options);
  }

  async deleteGone(db: Querier, now: Timestamp): Promise<number> {
    return (await db.query(DELETE_GONE, [now])).rowCount;
  }
}
