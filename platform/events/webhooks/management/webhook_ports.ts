import type { ConnectionManager, Querier, QueryOptions, Transaction, TxManager } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { ResourceKey } from "@archway/service_kit/access_scope.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import type { Delivery, Webhook } from "./webhook.ts";

/** A list that nothing narrows. */
export type NoFilter = Readonly<Record<string, never>>;

/** Webhook of a list of deliveries. */
export type DeliveryFilter = { readonly webhookId: string };

/** A webhook as it is stored. */
export interface StoredWebhook extends Webhook {
  /** Subject that created it; null if authentication was off. */
  readonly owner: string | null;
  /** Signing secret, encrypted. */
  readonly sealedSecret: Uint8Array;
}

/** A delivery that is to be attempted again. */
export interface Retry {
  readonly webhookId: string;
  readonly deliveryId: string;
  readonly now: Timestamp;
}

/** Stores webhooks. Every method runs on the querier it is passed. Those outside the access scope do not exist. */
export interface WebhookRepository {
  /** @returns false: the owner has `most` already, whoever else makes one for them at the same time. */
  insert(tx: Transaction, webhook: StoredWebhook, options: { readonly most: number }): Promise<boolean>;
  find(db: Querier, key: ResourceKey, options?: QueryOptions): Promise<Webhook | undefined>;
  /** The webhook, which nobody else can change before the transaction ends. */
  lock(tx: Transaction, key: ResourceKey): Promise<Webhook | undefined>;
  /** Newest first. */
  list(db: Querier, request: ListRequest<NoFilter>, options?: QueryOptions): Promise<Page<Webhook>>;
  /** Deletes a locked one, with its deliveries. */
  delete(tx: Transaction, id: string): Promise<void>;
  /** Deliveries of a webhook that is in the scope, newest first. */
  listDeliveries(
    db: Querier,
    request: ListRequest<DeliveryFilter>,
    options?: QueryOptions,
  ): Promise<Page<Delivery>>;
  /**
   * Makes a delivery due at once, and counts its attempts anew; where one is under way, as soon as that has failed.
   * Undefined: there is none. The webhook is locked.
   */
  retry(tx: Transaction, retry: Retry): Promise<Delivery | undefined>;
}

/** Makes the secrets by which owners know who tells them. */
export interface SecretMaker {
  /** A new one. */
  make(): string;
  /** As it is kept, for the webhook with this id. */
  seal(secret: string, webhookId: string): Uint8Array;
}

/**
 * Looks whether a URL may be told of events, and gives it as it is kept.
 *
 * @throws {DomainError} "invalid-webhook" when it may not.
 */
export type CheckUrl = (url: string, options: QueryOptions) => Promise<string>;

/** What the use cases are given by whoever builds them. */
export interface WebhookDependencies {
  readonly connections: ConnectionManager & TxManager;
  readonly webhooks: WebhookRepository;
  readonly secrets: SecretMaker;
  readonly checkUrl: CheckUrl;
  /** Types of events that the services of this program publish. */
  readonly eventTypes: readonly string[];
  /** The time now, with microseconds. */
  readonly now: () => Timestamp;
  /** A new UUIDv7. */
  readonly newId: () => string;
  /** There is a delivery that is due. Must not throw. */
  readonly onDue: () => void;
}
