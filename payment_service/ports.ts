import type { ConnectionManager, Querier, QueryOptions, TxManager } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { EventMetadata, StoredEvent } from "@archway/events/event_store.ts";
import type { NewEvent } from "@archway/service_kit/event_catalog.ts";
import type { AccessScope, ResourceKey, ResourceKeys } from "@archway/service_kit/access_scope.ts";
import type { AuditTrail } from "@archway/service_kit/audit_trail.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import type { Account, Entry } from "./domain/account.ts";
import type { LockedAccount } from "./domain/decisions.ts";
import type { Payment, PaymentStatus, Refund } from "./domain/payment.ts";
import type {
  ItemRefusal,
  NewBatchItem,
  PaymentRequestBatch,
  PaymentRequestBatchItem,
  PendingItem,
} from "./domain/payment_request_batch.ts";
import type { PaymentRequest, PaymentRequestStatus } from "./domain/payment_request.ts";
import type { PaymentEvent } from "./events/payment_event.ts";
import type { Projection } from "./projection/projection.ts";

/** Id of a refund and its payment, and the access scope of the caller. */
export interface RefundKey extends ResourceKey {
  readonly paymentId: string;
}

/** Half-open time range: `from` inclusive, `to` exclusive. */
export type Period = {
  readonly from: Timestamp | undefined;
  readonly to: Timestamp | undefined;
};

/** Filter of a list of accounts. */
export type AccountFilter = { readonly profileId: string | undefined };

/** The first resources of each of several parents. */
export interface FirstOfParents {
  readonly parents: readonly string[];
  /** Maximum number for each parent. */
  readonly limit: number;
  readonly scope: AccessScope;
}

/** Account and period of a statement. */
export type EntryFilter = { readonly accountId: string } & Period;

/** Filter of a list of payments. */
export type PaymentFilter = {
  /** Payer or payee. */
  readonly accountId: string | undefined;
  readonly status: PaymentStatus | undefined;
} & Period;

/** Filter of a list of events or refunds: their payment. */
export type PaymentPartFilter = { readonly paymentId: string };

/**
 * Finds accounts; those outside the access scope are reported as missing. Every method runs on the querier that is
 * passed to it, as do those of the other ports. Lists are newest first.
 */
export interface AccountRepository {
  find(db: Querier, key: ResourceKey, options?: QueryOptions): Promise<Account | undefined>;
  /** Returns the accounts with the ids, in no order. */
  findMany(db: Querier, keys: ResourceKeys, options?: QueryOptions): Promise<readonly Account[]>;
  list(db: Querier, request: ListRequest<AccountFilter>, options?: QueryOptions): Promise<Page<Account>>;
  /** Returns the first accounts of each of several profiles, newest first. */
  listOfProfiles(db: Querier, request: FirstOfParents, options?: QueryOptions): Promise<readonly Account[]>;
  /** Returns entries of the statement of an account in the scope. */
  listEntries(db: Querier, request: ListRequest<EntryFilter>, options?: QueryOptions): Promise<Page<Entry>>;
  /**
   * Locks and returns accounts of any owner, in order of their ids to avoid deadlocks. The locks last until the end of
   * the transaction.
   */
  lock(tx: Querier, ids: readonly string[], scope: AccessScope): Promise<readonly LockedAccount[]>;
  /** Returns the id of the settlement account of a currency. */
  findSettlement(tx: Querier, currency: string): Promise<string | undefined>;
  /** Returns the id like `findSettlement()`, but first blocks concurrent openings of the account. */
  claimSettlement(tx: Querier, currency: string): Promise<string | undefined>;
}

/** Finds payments and refunds in an access scope. */
export interface PaymentRepository {
  find(db: Querier, key: ResourceKey, options?: QueryOptions): Promise<Payment | undefined>;
  /** Returns the payments with the ids, in no order. */
  findMany(db: Querier, keys: ResourceKeys, options?: QueryOptions): Promise<readonly Payment[]>;
  /** Returns payments, newest first. */
  list(db: Querier, request: ListRequest<PaymentFilter>, options?: QueryOptions): Promise<Page<Payment>>;
  findRefund(db: Querier, key: RefundKey, options?: QueryOptions): Promise<Refund | undefined>;
  /** Returns refunds of a payment in the scope, newest first. */
  listRefunds(
    db: Querier,
    request: ListRequest<PaymentPartFilter>,
    options?: QueryOptions,
  ): Promise<Page<Refund>>;
  /** Returns the first refunds of each of several payments in the scope, newest first. */
  listRefundsOfPayments(
    db: Querier,
    request: FirstOfParents,
    options?: QueryOptions,
  ): Promise<readonly Refund[]>;
  /** Returns events of a payment in the scope, oldest first. */
  listEvents(
    db: Querier,
    request: ListRequest<PaymentPartFilter, bigint>,
    options?: QueryOptions,
  ): Promise<Page<StoredEvent>>;
}

/** Filter of a list of payment requests. */
export type PaymentRequestFilter = {
  /** Payee, or account that is asked to pay. */
  readonly accountId: string | undefined;
  readonly status: PaymentRequestStatus | undefined;
  readonly reference: string | undefined;
} & Period;

/** Filter of a list of revisions: their payment request. */
export type RevisionFilter = { readonly requestId: string };

/** Options of reading revisions. */
export interface RevisionOptions extends QueryOptions {
  /** Account that the request asks, or none: without the revisions up to the last one that asked another. @default all */
  readonly onlyFor?: { readonly payerAccountId: string | null } | undefined;
}

/** A payment request, with the rights of the caller. */
export interface FoundRequest {
  readonly request: PaymentRequest;
  /** Whether the caller has the rights of the payee. */
  readonly isPayee: boolean;
}

/** Id of a request, its reference, and the profile whose owner has the reference. */
export interface ReferenceClaim {
  readonly requestId: string;
  readonly reference: string;
  readonly profileId: string;
}

/**
 * Finds payment requests: those of the payees and payers in the access scope, and those that ask no payer, which are
 * known by their ids alone. Callers that change a request have locked the account of its payee.
 */
export interface PaymentRequestRepository {
  find(db: Querier, key: ResourceKey, options?: QueryOptions): Promise<FoundRequest | undefined>;
  /** Returns requests of payees and payers in the scope, newest first, with their status at a time. */
  list(
    db: Querier,
    request: ListRequest<PaymentRequestFilter>,
    options: QueryOptions & { readonly now: Timestamp },
  ): Promise<Page<PaymentRequest>>;
  /** Returns events of a payment request, oldest first. */
  listRevisions(
    db: Querier,
    request: ListRequest<RevisionFilter, bigint>,
    options?: RevisionOptions,
  ): Promise<Page<StoredEvent>>;
  /** Returns requests whose expiry has passed and is not recorded, oldest first. */
  findDue(
    db: Querier,
    due: { readonly now: Timestamp; readonly limit: number },
  ): Promise<readonly PaymentRequest[]>;
  /** Takes a reference for a request. Returns the id of the request that has it, which may be the same. */
  claimReference(tx: Querier, claim: ReferenceClaim): Promise<string>;
}

/** Caller of a batch, on whose behalf its items are processed. */
export interface BatchCaller {
  /** Subject that can read the batch; null if authentication is off. */
  readonly owner: string | null;
  readonly scope: AccessScope;
  readonly metadata: EventMetadata;
}

/** A batch to be stored. */
export interface NewBatch {
  readonly id: string;
  readonly items: readonly NewBatchItem[];
  readonly createdAt: Timestamp;
  readonly expiresAt: Timestamp;
}

/** Filter of a list of items: their batch. */
export type BatchItemFilter = { readonly batchId: string };

/** Stores batches of payment requests and the progress of their items. */
export interface PaymentRequestBatchRepository {
  insert(tx: Querier, batch: NewBatch, caller: BatchCaller): Promise<void>;
  /** Returns a batch of an owner in the scope that is not gone. */
  find(
    db: Querier,
    key: ResourceKey & { readonly now: Timestamp },
    options?: QueryOptions,
  ): Promise<PaymentRequestBatch | undefined>;
  /** Returns items of a batch, in order. */
  listItems(
    db: Querier,
    request: ListRequest<BatchItemFilter, bigint>,
    options?: QueryOptions,
  ): Promise<Page<PaymentRequestBatchItem>>;
  /** Returns the caller of a batch; undefined if it is gone. */
  findCaller(db: Querier, batchId: string): Promise<BatchCaller | undefined>;
  /** Locks and returns the first item that is pending. */
  lockPending(tx: Querier, batchId: string): Promise<PendingItem | undefined>;
  /** Records the outcome of a locked item: its request was created, or refused. */
  settle(
    tx: Querier,
    item: { readonly batchId: string; readonly place: bigint; readonly refusal: ItemRefusal | undefined },
    options?: Pick<QueryOptions, "last">,
  ): Promise<void>;
  /** Deletes batches that are gone, and returns their number. */
  deleteGone(db: Querier, now: Timestamp): Promise<number>;
}

/** Finds profiles, which another service owns. */
export interface ProfileDirectory {
  /** Returns whether the access scope has an active profile with the id. */
  isActive(db: Querier, key: ResourceKey): Promise<boolean>;
}

/** An event to be written. */
export interface PendingEvent {
  readonly event: PaymentEvent;
  /** Current version of its stream; 0 for a new stream. */
  readonly expectedVersion: bigint;
  /** Form in which it is stored. @default that of `event` */
  readonly stored?: NewEvent;
}

/** Time and metadata of events. */
export interface EventContext {
  readonly at: Timestamp;
  readonly metadata: EventMetadata;
}

/** Writes events together with their projections. */
export interface Ledger {
  /**
   * Returns events with their descriptions encrypted for storage, if the program does so; without them, if a person whom
   * they concern was erased. Before `record`, with the accounts locked.
   */
  protect(tx: Querier, pending: readonly PendingEvent[]): Promise<readonly PendingEvent[]>;
  /**
   * Sends its statements before it returns, in one flush.
   *
   * @param projection Contains the accounts, payments and payment requests that the events change.
   * @throws {DomainError} "account-exists", "payment-exists", "payment-request-exists"; the transaction must then be rolled back.
   */
  record(
    tx: Querier,
    projection: Projection,
    pending: EventContext & Pick<QueryOptions, "last"> & { readonly events: readonly PendingEvent[] },
  ): Promise<void>;
}

/** Dependencies of the use cases of accounts, payments and refunds. */
export interface PaymentDependencies {
  readonly connections: ConnectionManager & TxManager;
  readonly accounts: AccountRepository;
  readonly payments: PaymentRepository;
  readonly profiles: ProfileDirectory;
  readonly ledger: Ledger;
  /** Records who reads and changes what. @default that is off */
  readonly audit?: AuditTrail | undefined;
  /** Current time, with microseconds. */
  readonly now: () => Timestamp;
  /** Generates a UUIDv7. */
  readonly newId: () => string;
}

/** Dependencies of the use cases of payment requests. */
export interface PaymentRequestDependencies extends PaymentDependencies {
  readonly requests: PaymentRequestRepository;
  readonly batches: PaymentRequestBatchRepository;
  /** Has a batch processed, once the transaction is committed. */
  readonly enqueueBatch: (tx: Querier, batchId: string, traceparent: string | undefined) => Promise<void>;
}
