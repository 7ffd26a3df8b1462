import type { QueryOptions, ReaderOptions, Transaction } from "@archway/db/db.ts";
import type { KeysetPage, PageOf } from "@archway/service_kit/paging/keyset.ts";
import type { Viewer } from "@archway/service_kit/ownership/viewer.ts";
import {
  type Delivery,
  MAX_WEBHOOKS,
  normalizeEventTypes,
  type Webhook,
  type WebhookDraft,
} from "./webhook.ts";
import { WebhookError } from "./webhook_error.ts";
import type { Conditional, WebhookDependencies, WebhookKey } from "./webhook_ports.ts";

/** How a read is done: what it has to see, and when it is given up. */
type ReadOptions = QueryOptions & ReaderOptions;

/** A webhook with what signs, which is told this once. */
export interface CreatedWebhook {
  readonly webhook: Webhook;
  readonly secret: string;
}

/** The use cases of webhooks. */
export class WebhookService {
  readonly #deps: WebhookDependencies;

  constructor(dependencies: WebhookDependencies) {
    this.#deps = dependencies;
  }

  /** @throws {WebhookError} "invalid", "too-many-webhooks". */
  async create(
    draft: WebhookDraft,
    { owner, ...options }: QueryOptions & { readonly owner: string | null },
  ): Promise<CreatedWebhook> {
    const { connections, webhooks, secrets, checkUrl, now, newId } = this.#deps;
    const eventTypes = normalizeEventTypes(draft, this.#deps.eventTypes);
    const url = await checkUrl(draft.url, options);
    const webhook: Webhook = { id: newId(), url, eventTypes, version: 1n, createdAt: now() };
    const secret = secrets.make();
    const kept = { ...webhook, owner, sealedSecret: secrets.seal(secret, webhook.id) };
    const inserted = await connections.withTx(
      async (tx) => await webhooks.insert(tx, kept, { most: MAX_WEBHOOKS }),
      { ...options, repeatable: true },
    );
    if (!inserted) throw new WebhookError("too-many-webhooks");
    return { webhook, secret };
  }

  /** @throws {WebhookError} "webhook-not-found". */
  async get(key: WebhookKey, options: ReadOptions = {}): Promise<Webhook> {
    const { connections, webhooks } = this.#deps;
    return await webhooks.find(connections.reader(options), key, options) ?? missing();
  }

  list(viewer: Viewer, { after, ...page }: PageOf & ReadOptions): Promise<KeysetPage<Webhook>> {
    const { connections, webhooks } = this.#deps;
    return webhooks.list(connections.reader({ after }), viewer, page);
  }

  /** @throws {WebhookError} "webhook-not-found", "webhook-changed". */
  async delete(key: WebhookKey, { condition, ...options }: QueryOptions & Conditional): Promise<void> {
    await this.#locked(key, options, async (tx, { id, version }) => {
      if (condition !== "any" && !condition.includes(version)) {
        throw new WebhookError("webhook-changed", { currentVersion: version });
      }
      await this.#deps.webhooks.delete(tx, id);
    });
  }

  /** @throws {WebhookError} "webhook-not-found". */
  async listDeliveries(
    key: WebhookKey,
    { after, ...page }: PageOf & ReadOptions,
  ): Promise<KeysetPage<Delivery>> {
    const { connections, webhooks } = this.#deps;
    const reader = connections.reader({ after });
    const { signal } = page;
    const { id } = await webhooks.find(reader, key, signal === undefined ? {} : { signal }) ?? missing();
    return await webhooks.listDeliveries(reader, id, page);
  }

  /** @throws {WebhookError} "webhook-not-found", "delivery-not-found". */
  async retry(key: WebhookKey, deliveryId: string, options: QueryOptions = {}): Promise<Delivery> {
    const delivery = await this.#locked(key, options, async (tx, { id }) => {
      const found = await this.#deps.webhooks.retry(tx, { webhookId: id, deliveryId, now: this.#deps.now() });
      if (found === undefined) throw new WebhookError("delivery-not-found");
      return found;
    });
    this.#deps.onDue();
    return delivery;
  }

  async #locked<T>(
    key: WebhookKey,
    options: QueryOptions,
    run: (tx: Transaction, webhook: Webhook) => Promise<T>,
  ): Promise<T> {
    return await this.#deps.connections.withTx(
      async (tx) => await run(tx, await this.#deps.webhooks.lock(tx, key) ?? missing()),
      { ...options, repeatable: true },
    );
  }
}

function missing(): never {
  throw new WebhookError("webhook-not-found");
}
