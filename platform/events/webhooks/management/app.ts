import type { QueryOptions, ReaderOptions, Transaction } from "@archway/db/db.ts";
import { microsecondsOf, type Timestamp, timestampOf } from "@archway/db/timestamp.ts";
import type { ResourceKey } from "@archway/service_kit/access_scope.ts";
import { actorOf, type AuditEntry } from "@archway/service_kit/audit_trail.ts";
import { changedError, DomainError, notFoundError } from "@archway/service_kit/domain_error.ts";
import { meetsCondition, type VersionCondition } from "@archway/service_kit/entity_version.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import type { Delivery } from "./domain/delivery.ts";
import {
  MAX_WEBHOOKS,
  normalizeEventTypes,
  type TestResult,
  type Webhook,
  type WebhookErrorCode,
  type WebhookInput,
} from "./domain/webhook.ts";
import type { DeliveryFilter, NoFilter, WebhookDependencies } from "./ports.ts";

/** Options of a use case that reads: consistency and cancellation. */
type ReadOptions = QueryOptions & ReaderOptions;

/** A webhook with its signing secret, which is returned only once. */
export interface CreatedWebhook {
  readonly webhook: Webhook;
  readonly secret: string;
}

/** Default duration for which messages are signed with a replaced secret, too, in seconds. */
const OVERLAP_SECONDS = 86_400;

/** Maximum number of replaced secrets of a webhook, so that a repeated request does not withdraw the one in use. */
const MAX_PREVIOUS_SECRETS = 4;

/** Options of a rotation. */
export interface RotateSecretOptions extends QueryOptions {
  /**
   * Duration for which messages are signed with the replaced secret, too, in seconds. 0 withdraws it, and all that were
   * replaced before.
   *
   * @default {86_400}
   */
  readonly overlapSeconds?: number | undefined;
}

/** A new signing secret, which is returned only once. */
export interface RotatedSecret {
  readonly secret: string;
  /** Time until which the replaced secret is valid; undefined if it was withdrawn. */
  readonly previousExpiresAt: Timestamp | undefined;
}

/** Use cases of webhooks. */
export class WebhookService {
  readonly #deps: WebhookDependencies;

  constructor(dependencies: WebhookDependencies) {
    this.#deps = dependencies;
  }

  /** @throws {DomainError} "invalid-webhook", "too-many-webhooks". */
  async create(
    input: WebhookInput,
    { owner, ...options }: QueryOptions & { readonly owner: string | null },
  ): Promise<CreatedWebhook> {
    const { connections, webhooks, secrets, checkUrl, now, newId } = this.#deps;
    const eventTypes = normalizeEventTypes(input, this.#deps.eventTypes);
    const url = await checkUrl(input.url, options);
    const webhook: Webhook = {
      ...{ id: newId(), url, eventTypes },
      ...{ version: 1n, createdAt: now(), disabledAt: null },
    };
    const secret = secrets.make();
    const stored = { ...webhook, owner, encryptedSecret: secrets.encrypt(secret, webhook.id) };
    const inserted = await connections.withTx(
      async (tx) => {
        const isInserted = await webhooks.insert(tx, stored, { max: MAX_WEBHOOKS });
        if (isInserted) await this.#record(tx, { actor: owner, action: "create", id: webhook.id });
        return isInserted;
      },
      { ...options, repeatable: true },
    );
    if (!inserted) throw new DomainError<WebhookErrorCode>("too-many-webhooks");
    return { webhook, secret };
  }

  /** @throws {DomainError} "webhook-not-found". */
  async get(key: ResourceKey, options: ReadOptions = {}): Promise<Webhook> {
    const { connections, webhooks } = this.#deps;
    return await webhooks.find(connections.reader(options), key, options) ?? missing();
  }

  list(request: ListRequest<NoFilter>, options: ReadOptions = {}): Promise<Page<Webhook>> {
    const { connections, webhooks } = this.#deps;
    return webhooks.list(connections.reader(options), request, options);
  }

  /** @throws {DomainError} "webhook-not-found", "webhook-changed". */
  async delete(
    key: ResourceKey,
    { condition, ...options }: QueryOptions & { readonly condition: VersionCondition },
  ): Promise<void> {
    await this.#locked(key, options, async (tx, { id, version }) => {
      if (!meetsCondition(version, condition)) throw changedError("webhook", version);
      await this.#deps.webhooks.delete(tx, id);
      await this.#record(tx, { actor: actorOf(key.scope), action: "delete", id });
    });
  }

  /**
   * Sends a test event to a webhook and waits for the response. The event is neither stored nor repeated.
   *
   * @throws {DomainError} "webhook-not-found", "too-many-tests".
   */
  async test(key: ResourceKey, { signal }: { readonly signal: AbortSignal }): Promise<TestResult> {
    const { connections, webhooks, sendTest } = this.#deps;
    const endpoint = await webhooks.findSigned(connections.writer(), key, { signal }) ?? missing();
    return await sendTest(endpoint, { signal });
  }

  /**
   * Replaces the signing secret of a webhook.
   *
   * @throws {DomainError} "webhook-not-found".
   */
  async rotateSecret(
    key: ResourceKey,
    { overlapSeconds = OVERLAP_SECONDS, ...options }: RotateSecretOptions = {},
  ): Promise<RotatedSecret> {
    const { webhooks, secrets, now, newId } = this.#deps;
    const secret = secrets.make();
    const expiresAt = timestampOf(microsecondsOf(now()) + BigInt(overlapSeconds) * 1_000_000n);
    await this.#locked(key, options, async (tx, { id }) => {
      await webhooks.rotateSecret(tx, {
        webhookId: id,
        encryptedSecret: secrets.encrypt(secret, id),
        ...{ previousId: newId(), expiresAt },
        maxPrevious: overlapSeconds === 0 ? 0 : MAX_PREVIOUS_SECRETS,
      });
      await this.#record(tx, { actor: actorOf(key.scope), action: "update", id });
    });
    return { secret, previousExpiresAt: overlapSeconds === 0 ? undefined : expiresAt };
  }

  /**
   * Enables a webhook that was disabled; does nothing if it is enabled.
   *
   * @throws {DomainError} "webhook-not-found".
   */
  async enable(key: ResourceKey, options: QueryOptions = {}): Promise<Webhook> {
    return await this.#locked(key, options, async (tx, webhook) => {
      const enabled = await this.#deps.webhooks.enable(tx, webhook.id);
      if (enabled === undefined) return webhook;
      await this.#record(tx, { actor: actorOf(key.scope), action: "update", id: webhook.id });
      return enabled;
    });
  }

  /** @throws {DomainError} "webhook-not-found". */
  async listDeliveries(
    request: ListRequest<DeliveryFilter>,
    options: ReadOptions = {},
  ): Promise<Page<Delivery>> {
    const { connections, webhooks } = this.#deps;
    const reader = connections.reader(options);
    const { scope, filter: { webhookId: id } } = request;
    if (await webhooks.find(reader, { id, scope }, options) === undefined) missing();
    return await webhooks.listDeliveries(reader, request, options);
  }

  /** @throws {DomainError} "webhook-not-found", "webhook-disabled", "delivery-not-found". */
  async retry(key: ResourceKey, deliveryId: string, options: QueryOptions = {}): Promise<Delivery> {
    const delivery = await this.#locked(key, options, async (tx, { id, disabledAt }) => {
      if (disabledAt !== null) throw new DomainError<WebhookErrorCode>("webhook-disabled");
      const found = await this.#deps.webhooks.retry(tx, { webhookId: id, deliveryId, now: this.#deps.now() });
      if (found === undefined) throw notFoundError("delivery");
      return found;
    });
    this.#deps.onDue();
    return delivery;
  }

  /** Records a change in the audit log, if there is one. */
  async #record(
    tx: Transaction,
    { id, ...change }: Pick<AuditEntry, "actor" | "action"> & { readonly id: string },
  ): Promise<void> {
    await this.#deps.audit?.changed(tx, [{ ...change, resource: "webhook", ids: [id] }]);
  }

  async #locked<T>(
    key: ResourceKey,
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
  throw notFoundError("webhook");
}
