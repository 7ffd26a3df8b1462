import type { Querier, QueryOptions, Transaction } from "@archway/db/db.ts";
import type { ResourceKey } from "@archway/service_kit/access_scope.ts";
import { ListSql, readPage } from "@archway/service_kit/list_sql.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import { andOwned, scopedStatement, statementFor } from "@archway/service_kit/scoped_statement.ts";
import type { SignedEndpoint } from "../../delivery/delivery.ts";
import { ENDPOINT_COLUMNS, endpointOfRow, type EndpointRow } from "../../delivery/endpoint_row.ts";
import type { Delivery } from "../domain/delivery.ts";
import type { Webhook } from "../domain/webhook.ts";
import type {
  DeliveryFilter,
  NoFilter,
  Retry,
  SecretRotation,
  StoredWebhook,
  WebhookRepository,
} from "../ports.ts";
import {
  DELIVERY_COLUMNS,
  DELIVERY_SOURCE,
  deliveryOfRow,
  type DeliveryRow,
  WEBHOOK_COLUMNS,
} from "./webhook_row.ts";

// Prevents concurrent inserts from exceeding the limit; an owner has no row that could be locked.
const LOCK_OWNER =
  "select pg_advisory_xact_lock(hashtextextended(coalesce('archway webhooks of ' || $1::text, 'archway webhooks'), 0))";

const INSERT =
  `insert into webhook_endpoints (id, owner, url, event_types, sealed_secret, version, created_at)
  select $1, $2::text, $3, $4, $5, $6, $7
  where (select count(*) from webhook_endpoints where owner is not distinct from $2::text) < $8`;

const FIND = scopedStatement(
  (owner) => `select ${WEBHOOK_COLUMNS} from webhook_endpoints where id = $1${andOwned(owner)}`,
  1,
);

const FIND_SIGNED = scopedStatement(
  (owner) => `select ${ENDPOINT_COLUMNS} from webhook_endpoints as w where id = $1${andOwned(owner)}`,
  1,
);

const LOCK = scopedStatement(
  (owner) => `select ${WEBHOOK_COLUMNS} from webhook_endpoints where id = $1${andOwned(owner)} for update`,
  1,
);

const ENABLE = `update webhook_endpoints set disabled_at = null, version = version + 1
  where id = $1 and disabled_at is not null returning ${WEBHOOK_COLUMNS}`;

const KEEP_SECRET = `insert into webhook_previous_secrets (id, endpoint_id, sealed_secret, expires_at)
  select $2, id, sealed_secret, $3 from webhook_endpoints where id = $1`;
const DISCARD_SECRETS = `delete from webhook_previous_secrets where endpoint_id = $1 and id not in (
    select id from webhook_previous_secrets where endpoint_id = $1 order by id desc limit $2
  )`;
const REPLACE_SECRET = "update webhook_endpoints set sealed_secret = $2 where id = $1";

const END_THROTTLE =
  "update webhook_endpoints set throttled_until = null where id = $1 and throttled_until is not null";

// `retry_requested` is for a worker that has leased the key: if its attempt fails, another one is due at once.
const REOPEN = `update webhook_deliveries
  set state = 'pending', attempts = 0, settled_at = null, retry_requested = true
  where id = $1 and endpoint_id = $2`;

// Locks rows in the same order as workers: the ordering key before its deliveries.
const DUE = `insert into webhook_lanes (endpoint_id, stream, due_at, scheduled_at)
  select endpoint_id, stream, $3::timestamptz, $3::timestamptz from webhook_deliveries where id = $1 and endpoint_id = $2
  on conflict (endpoint_id, stream) do update
  set due_at = case when webhook_lanes.lease is null then excluded.due_at else webhook_lanes.due_at end,
    scheduled_at = case when webhook_lanes.lease is null then excluded.scheduled_at else webhook_lanes.scheduled_at end`;

const FIND_DELIVERY =
  `select ${DELIVERY_COLUMNS} from ${DELIVERY_SOURCE} where d.id = $1 and d.endpoint_id = $2`;

/** Stores webhooks in PostgreSQL. */
export class PostgresWebhookRepository implements WebhookRepository {
  async insert(
    tx: Transaction,
    { id, owner, url, eventTypes, encryptedSecret, version, createdAt }: StoredWebhook,
    { max }: { readonly max: number },
  ): Promise<boolean> {
    await tx.query(LOCK_OWNER, [owner]);
    const parameters = [id, owner, url, eventTypes, encryptedSecret, version, createdAt, max];
    return (await tx.query(INSERT, parameters)).rowCount > 0;
  }

  async find(db: Querier, { id, scope }: ResourceKey, options?: QueryOptions): Promise<Webhook | undefined> {
    return (await db.query<Webhook>(...statementFor(FIND, scope, [id]), options)).rows[0];
  }

  async findSigned(
    db: Querier,
    { id, scope }: ResourceKey,
    options?: QueryOptions,
  ): Promise<SignedEndpoint | undefined> {
    const { rows: [row] } = await db.query<EndpointRow>(...statementFor(FIND_SIGNED, scope, [id]), options);
    return row && endpointOfRow(row);
  }

  async lock(tx: Transaction, { id, scope }: ResourceKey): Promise<Webhook | undefined> {
    return (await tx.query<Webhook>(...statementFor(LOCK, scope, [id]))).rows[0];
  }

  list(db: Querier, { scope, page }: ListRequest<NoFilter>, options?: QueryOptions): Promise<Page<Webhook>> {
    const list = new ListSql({ columns: WEBHOOK_COLUMNS, from: "webhook_endpoints" }).ownedBy(scope);
    return readPage<Webhook>(db, list, { page, options });
  }

  async rotateSecret(
    tx: Transaction,
    { webhookId, encryptedSecret, previousId, expiresAt, maxPrevious }: SecretRotation,
  ): Promise<void> {
    await tx.query(KEEP_SECRET, [webhookId, previousId, expiresAt]);
    await tx.query(DISCARD_SECRETS, [webhookId, maxPrevious]);
    await tx.query(REPLACE_SECRET, [webhookId, encryptedSecret]);
  }

  async enable(tx: Transaction, id: string): Promise<Webhook | undefined> {
    return (await tx.query<Webhook>(ENABLE, [id])).rows[0];
  }

  async delete(tx: Transaction, id: string): Promise<void> {
    for (const table of ["webhook_lanes", "webhook_deliveries"]) {
      await tx.query(`delete from ${table} where endpoint_id = $1`, [id]);
    }
    await tx.query("delete from webhook_endpoints where id = $1", [id]);
  }

  async listDeliveries(
    db: Querier,
    { filter, page }: ListRequest<DeliveryFilter>,
    options?: QueryOptions,
  ): Promise<Page<Delivery>> {
    const list = new ListSql({ columns: DELIVERY_COLUMNS, from: DELIVERY_SOURCE });
    list.where(`d.endpoint_id = ${list.bind(filter.webhookId)}`);
    const found = await readPage<DeliveryRow>(db, list, { page, options });
    return { ...found, items: found.items.map(deliveryOfRow) };
  }

  async retry(tx: Transaction, { webhookId, deliveryId, now }: Retry): Promise<Delivery | undefined> {
    const key = [deliveryId, webhookId];
    const { rowCount } = await tx.query(DUE, [...key, now]);
    if (rowCount === 0) return undefined;
    await tx.query(REOPEN, key);
    await tx.query(END_THROTTLE, [webhookId]);
    const { rows: [row] } = await tx.query<DeliveryRow>(FIND_DELIVERY, key);
    return row && deliveryOfRow(row);
  }
}
