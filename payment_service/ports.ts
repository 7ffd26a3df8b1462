import type { ConnectionManager, Querier, QueryOptions, TxManager } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { EventMetadata, StoredEvent } from "@archway/events/event_store.ts";
import type { AccessScope, ResourceKey } from "@archway/service_kit/access_scope.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import type { Account, Entry } from "./domain/account.ts";
import type { LockedAccount } from "./domain/decisions.ts";
import type { Payment, PaymentStatus, Refund } from "./domain/payment.ts";
import type { PaymentEvent } from "./events/payment_event.ts";
import type { Projection } from "./projection/projection.ts";

/** A refund as one caller may reach it. */
export interface RefundKey extends ResourceKey {
  readonly paymentId: string;
}

/** A stretch of time: from an instant on, and before another one. */
export type Period = {
  readonly from: Timestamp | undefined;
  readonly to: Timestamp | undefined;
};

/** What a list of accounts is narrowed to. */
export type AccountFilter = { readonly profileId: string | undefined };

/** Account and period of a statement. */
export type EntryFilter = { readonly accountId: string } & Period;

/** What a list of payments is narrowed to. */
export type PaymentFilter = {
  /** Payer or payee. */
  readonly accountId: string | undefined;
  readonly status: PaymentStatus | undefined;
} & Period;

/** Payment that listed events or refunds belong to. */
export type PaymentPartFilter = { readonly paymentId: string };

/**
 * Finds accounts in an access scope; others do not exist. Every method runs on the querier it is passed, also those of
 * the other ports. Lists are newest first.
 */
export interface AccountRepository {
  find(db: Querier, key: ResourceKey, options?: QueryOptions): Promise<Account | undefined>;
  list(db: Querier, request: ListRequest<AccountFilter>, options?: QueryOptions): Promise<Page<Account>>;
  /** The statement of an account that is in the scope. */
  listEntries(db: Querier, request: ListRequest<EntryFilter>, options?: QueryOptions): Promise<Page<Entry>>;
  /**
   * Accounts, whoever owns them, that nobody else can change before the transaction ends, in order of their ids. They are
   * locked in that order, so that two who lock the same ones do not wait for each other.
   */
  lock(tx: Querier, ids: readonly string[], scope: AccessScope): Promise<readonly LockedAccount[]>;
  /** The id of the settlement account of a currency. */
  findSettlement(tx: Querier, currency: string): Promise<string | undefined>;
  /** The same, after everybody who was opening it; nobody else opens it before the transaction ends. */
  claimSettlement(tx: Querier, currency: string): Promise<string | undefined>;
}

/** Finds payments and refunds in an access scope. */
export interface PaymentRepository {
  find(db: Querier, key: ResourceKey, options?: QueryOptions): Promise<Payment | undefined>;
  /** Newest first. */
  list(db: Querier, request: ListRequest<PaymentFilter>, options?: QueryOptions): Promise<Page<Payment>>;
  findRefund(db: Querier, key: RefundKey, options?: QueryOptions): Promise<Refund | undefined>;
  /** Refunds of a payment that is in the scope, newest first. */
  listRefunds(
    db: Querier,
    request: ListRequest<PaymentPartFilter>,
    options?: QueryOptions,
  ): Promise<Page<Refund>>;
  /** Events of a payment that is in the scope, oldest first. */
  listEvents(
    db: Querier,
    request: ListRequest<PaymentPartFilter, bigint>,
    options?: QueryOptions,
  ): Promise<Page<StoredEvent>>;
}

/** Finds profiles, which another service owns. */
export interface ProfileDirectory {
  /** Whether a profile in the access scope has the id and is not deleted. */
  isActive(db: Querier, key: ResourceKey): Promise<boolean>;
}

/** An event that is to be written. */
export interface PendingEvent {
  readonly event: PaymentEvent;
  /** The version of its stream; 0: it begins with this. */
  readonly expectedVersion: bigint;
}

/** When events happen, and by whom. */
export interface EventContext {
  readonly at: Timestamp;
  readonly metadata: EventMetadata;
}

/** Writes events, together with everything that follows from them. */
export interface Ledger {
  /**
   * @param projection Has in use what the events are about.
   * @throws {DomainError} "account-exists", "payment-exists": nothing of the transaction can be kept.
   */
  record(
    tx: Querier,
    projection: Projection,
    pending: EventContext & { readonly events: readonly PendingEvent[] },
  ): Promise<void>;
}

/** What the use cases need. */
export interface PaymentDependencies {
  readonly connections: ConnectionManager & TxManager;
  readonly accounts: AccountRepository;
  readonly payments: PaymentRepository;
  readonly profiles: ProfileDirectory;
  readonly ledger: Ledger;
  /** Current time, with microseconds. */
  readonly now: () => Timestamp;
  /** Returns a new UUIDv7. */
  readonly newId: () => string;
}
