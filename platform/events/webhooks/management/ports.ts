import type { ConnectionManager, Querier, QueryOptions, Transaction, TxManager } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { ResourceKey } from "@archway/service_kit/access_scope.ts";
import type { AuditTrail } from "@archway/service_kit/audit_trail.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import type { Delivery } from "./domain/delivery.ts";
import type { SignedEndpoint } from "../delivery/delivery.ts";
import type { TestResult, Webhook } from "./domain/webhook.ts";

/** Filter of a list without filters. */
export type NoFilter = Readonly<Record<string, never>>;

/** Filter of a list of deliveries. */
export type DeliveryFilter = { readonly webhookId: string };

/** A stored webhook. */
export interface StoredWebhook extends Webhook {
  /** Subject that created it; null if authentication was off. */
  readonly owner: string | null;
  /** Signing secret, encrypted. */
  readonly encryptedSecret: Uint8Array;
}

/** Replacement of a signing secret. */
export interface SecretRotation {
  readonly webhookId: string;
  /** New secret, encrypted. */
  readonly encryptedSecret: Uint8Array;
  /** Id of the replaced secret. */
  readonly previousId: string;
  /** Time until which messages are signed with the replaced secret, too. */
  readonly expiresAt: Timestamp;
  /** Maximum number of replaced secrets that stay valid, the newest ones. */
  readonly maxPrevious: number;
}

/** Request to retry a delivery. */
export interface Retry {
  readonly webhookId: string;
  readonly deliveryId: string;
  readonly now: Timestamp;
}

/** Stores webhooks. Every method runs on the querier that is passed to it. Webhooks outside the scope do not exist. */
export interface WebhookRepository {
  /** @returns false if the owner already has `max` webhooks, also under concurrent inserts. */
  insert(tx: Transaction, webhook: StoredWebhook, options: { readonly max: number }): Promise<boolean>;
  find(db: Querier, key: ResourceKey, options?: QueryOptions): Promise<Webhook | undefined>;
  /** Returns a webhook with its signing secrets. */
  findSigned(db: Querier, key: ResourceKey, options?: QueryOptions): Promise<SignedEndpoint | undefined>;
  /** Returns a webhook and locks it until the end of the transaction. */
  lock(tx: Transaction, key: ResourceKey): Promise<Webhook | undefined>;
  /** Lists the webhooks in the scope, newest first. */
  list(db: Querier, request: ListRequest<NoFilter>, options?: QueryOptions): Promise<Page<Webhook>>;
  /** Replaces the signing secret of a locked webhook. */
  rotateSecret(tx: Transaction, rotation: SecretRotation): Promise<void>;
  /** Enables a locked webhook. Returns undefined, and changes nothing, if it is enabled. */
  enable(tx: Transaction, id: string): Promise<Webhook | undefined>;
  /** Deletes a locked webhook, with its deliveries. */
  delete(tx: Transaction, id: string): Promise<void>;
  /** Lists the deliveries of a webhook that is in the scope, newest first. */
  listDeliveries(
    db: Querier,
    request: ListRequest<DeliveryFilter>,
    options?: QueryOptions,
  ): Promise<Page<Delivery>>;
  /**
   * Makes a delivery of a locked webhook due at once and resets its attempts. During an attempt, the delivery becomes
   * due as soon as that attempt fails. Returns undefined if there is no such delivery.
   */
  retry(tx: Transaction, retry: Retry): Promise<Delivery | undefined>;
}

/** Generates and encrypts the secrets that sign messages. */
export interface SecretMaker {
  make(): string;
  /** Encrypts a secret for the webhook with this id. */
  encrypt(secret: string, webhookId: string): Uint8Array;
}

/**
 * Checks that events may be posted to a URL, and returns it in the form that is stored.
 *
 * @throws {DomainError} "invalid-webhook" if they may not.
 */
export type CheckUrl = (url: string, options: QueryOptions) => Promise<string>;

/**
 * Sends a test event to a webhook and waits for the response.
 *
 * @throws {DomainError} "too-many-tests".
 */
export type SendTest = (
  endpoint: SignedEndpoint,
  options: { readonly signal: AbortSignal },
) => Promise<TestResult>;

/** Dependencies of the use cases. */
export interface WebhookDependencies {
  readonly connections: ConnectionManager & TxManager;
  readonly webhooks: WebhookRepository;
  readonly secrets: SecretMaker;
  readonly checkUrl: CheckUrl;
  readonly sendTest: SendTest;
  /** Types of events that the services of this program publish. */
  readonly eventTypes: readonly string[];
  /** Returns the current time, with microseconds. */
  readonly now: () => Timestamp;
  /** Returns a new UUIDv7. */
  readonly newId: () => string;
  /** Called when a delivery is due. Must not throw. */
  readonly onDue: () => void;
  /** Records who changes webhooks, to which personal data is sent. @default none */
  readonly audit?: AuditTrail | undefined;
}
