import type { ConnectionManager, Querier, QueryOptions, Transaction, TxManager } from "@archway/db/db.ts";
import type { VersionCondition } from "@archway/service_kit/paging/entity_version.ts";
import type { KeysetPage, PageOf } from "@archway/service_kit/paging/keyset.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { Viewer } from "@archway/service_kit/ownership/viewer.ts";
import type { Delivery, Webhook } from "./webhook.ts";

/** A webhook as one caller may reach it. */
export interface WebhookKey {
  readonly id: string;
  readonly viewer: Viewer;
}

/** A webhook that is to be kept from now on. */
export interface KeptWebhook extends Webhook {
  /** The subject that creates it; null: nobody is known to. */
  readonly owner: string | null;
  /** What signs, encrypted. */
  readonly sealedSecret: Uint8Array;
}

/** A delivery that is to be attempted again. */
export interface Retry {
  readonly webhookId: string;
  readonly deliveryId: string;
  readonly now: Timestamp;
}

/** Keeps webhooks. Every method runs on the querier it is given. What is not the viewer's is not there. */
export interface WebhookRepository {
  /** @returns false: the owner has `most` already, whoever else makes one for them at the same time. */
  insert(tx: Transaction, webhook: KeptWebhook, options: { readonly most: number }): Promise<boolean>;
  find(db: Querier, key: WebhookKey, options?: QueryOptions): Promise<Webhook | undefined>;
  /** The webhook, which nobody else can change before the transaction ends. */
  lock(tx: Transaction, key: WebhookKey): Promise<Webhook | undefined>;
  /** Newest first. */
  list(db: Querier, viewer: Viewer, page: PageOf & QueryOptions): Promise<KeysetPage<Webhook>>;
  /** Deletes a locked one, with its deliveries. */
  delete(tx: Transaction, id: string): Promise<void>;
  /** Newest first. The caller has seen the webhook. */
  listDeliveries(db: Querier, webhookId: string, page: PageOf & QueryOptions): Promise<KeysetPage<Delivery>>;
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
 * @throws {WebhookError} "invalid" when it may not.
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

/** On which version something is done. */
export interface Conditional {
  readonly condition: VersionCondition;
}
