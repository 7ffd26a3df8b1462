import type { ConnectionManager, Querier, QueryOptions, TxManager } from "@archway/db/db.ts";
import type { EventMetadata, StoredEvent } from "@archway/events/event_store.ts";
import type { KeysetPage, PageOf } from "@archway/service_kit/paging/keyset.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { Account, Entry } from "./domain/account.ts";
import type { LockedAccount } from "./domain/decisions.ts";
import type { Payment, PaymentStatus, Refund } from "./domain/payment.ts";
import type { PaymentEvent } from "./events/payment_event.ts";
import type { Projection } from "./projection/projection.ts";
import type { Viewer } from "@archway/service_kit/ownership/viewer.ts";

/** Something as one caller may reach it. */
export interface Key {
  readonly id: string;
  readonly viewer: Viewer;
}

/** A refund as one caller may reach it. */
export interface RefundKey extends Key {
  readonly paymentId: string;
}

/** A stretch of time: from an instant on, and before another one. */
export interface Period {
  readonly from?: Timestamp;
  readonly to?: Timestamp;
}

/** What a list of accounts is narrowed to. */
export interface AccountFilter {
  readonly viewer: Viewer;
  readonly profileId?: string;
}

/** Whose statement, of which time. */
export interface EntryFilter extends Period {
  readonly accountId: string;
}

/** What a list of payments is narrowed to. */
export interface PaymentFilter extends Period {
  readonly viewer: Viewer;
  /** Payer or payee. */
  readonly accountId?: string;
  readonly status?: PaymentStatus;
}

/**
 * Finds accounts. What a viewer may not see is not there. Every method runs on the querier it is given, also those of the
 * other ports.
 */
export interface AccountRepository {
  find(db: Querier, key: Key, options?: QueryOptions): Promise<Account | undefined>;
  /** Newest first. */
  list(
    db: Querier,
    filter: AccountFilter,
    page: PageOf & QueryOptions,
  ): Promise<KeysetPage<Account>>;
  /** The statement of an account, newest first. */
  listEntries(db: Querier, filter: EntryFilter, page: PageOf & QueryOptions): Promise<KeysetPage<Entry>>;
  /**
   * Accounts that nobody else can change before the transaction ends, in order of their ids, whoever owns them. They are
   * locked in that order, so that two who lock the same ones do not wait for each other.
   */
  lock(tx: Querier, ids: readonly string[], viewer: Viewer): Promise<readonly LockedAccount[]>;
  /** The id of the settlement account of a currency. */
  findSettlement(tx: Querier, currency: string): Promise<string | undefined>;
  /** The same, after everybody who was opening it; nobody else opens it before the transaction ends. */
  claimSettlement(tx: Querier, currency: string): Promise<string | undefined>;
}

/** Finds payments and refunds. */
export interface PaymentRepository {
  find(db: Querier, key: Key, options?: QueryOptions): Promise<Payment | undefined>;
  /** Newest first. */
  list(db: Querier, filter: PaymentFilter, page: PageOf & QueryOptions): Promise<KeysetPage<Payment>>;
  findRefund(db: Querier, key: RefundKey, options?: QueryOptions): Promise<Refund | undefined>;
  /** Newest first. The caller has seen the payment. */
  listRefunds(db: Querier, paymentId: string, page: PageOf & QueryOptions): Promise<KeysetPage<Refund>>;
  /** What has happened to a payment, in order. The caller has seen it. */
  listEvents(
    db: Querier,
    paymentId: string,
    page: PageOf<bigint> & QueryOptions,
  ): Promise<KeysetPage<StoredEvent>>;
}

/** Knows whose profiles there are. */
export interface ProfileDirectory {
  /** Whether a living profile has the id, of which the viewer may dispose. */
  isLiving(db: Querier, key: Key): Promise<boolean>;
}

/** An event that is to be written. */
export interface Happening {
  readonly event: PaymentEvent;
  /** The version of its stream; 0: it begins with this. */
  readonly expectedVersion: bigint;
}

/** When something happens, and by whom. */
export interface Occasion {
  readonly at: Timestamp;
  readonly metadata: EventMetadata;
}

/** Writes what happens, together with everything that follows from it. */
export interface Ledger {
  /**
   * @param projection Has in use what the events are about.
   * @throws {PaymentError} "account-exists", "payment-exists": nothing of the transaction can be kept.
   */
  record(
    tx: Querier,
    projection: Projection,
    happening: Occasion & { readonly happenings: readonly Happening[] },
  ): Promise<void>;
}

/** What the use cases are given by whoever builds them. */
export interface PaymentDependencies {
  readonly connections: ConnectionManager & TxManager;
  readonly accounts: AccountRepository;
  readonly payments: PaymentRepository;
  readonly profiles: ProfileDirectory;
  readonly ledger: Ledger;
  /** The time now, with microseconds. */
  readonly now: () => Timestamp;
  /** A new UUIDv7. */
  readonly newId: () => string;
}
