import type { Querier, QueryOptions, ReaderOptions, Transaction } from "@archway/db/db.ts";
import type { EventMetadata } from "@archway/events/event_store.ts";
import type { AccessScope, ResourceKey, ResourceKeys } from "@archway/service_kit/access_scope.ts";
import { meetsCondition, type VersionCondition } from "@archway/service_kit/entity_version.ts";
import { exponentOf, type Money } from "@archway/service_kit/money.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import type { Account, Entry } from "../domain/account.ts";
import { decideDeposit, type LockedAccount } from "../domain/decisions.ts";
import { monotonicTime } from "../domain/monotonic_time.ts";
import type { Deposit } from "../domain/payment.ts";
import { PaymentError } from "../domain/payment_error.ts";
import type { AccountFilter, EntryFilter, FirstOfParents, PaymentDependencies } from "../ports.ts";
import { Projection } from "../projection/projection.ts";
import { recordRead } from "./record_read.ts";

/** Options for reads of a use case: required freshness and cancellation. */
export type ReadOptions = QueryOptions & ReaderOptions;

/** Access scope of a write, and the metadata of its events. */
export interface Cause extends QueryOptions {
  readonly scope: AccessScope;
  readonly metadata: EventMetadata;
}

/** Use cases of accounts. */
export class AccountService {
  readonly #deps: PaymentDependencies;

  constructor(dependencies: PaymentDependencies) {
    this.#deps = dependencies;
  }

  /** @throws {DomainError} "account-not-found". */
  async get(key: ResourceKey, options: ReadOptions = {}): Promise<Account> {
    const account = await this.#find(this.#deps.connections.reader(options), key, options);
    return this.#read(key.scope, account, [account]);
  }

  /** Returns the accounts with the ids, in no order, without those that are missing. */
  async getMany(keys: ResourceKeys, options: ReadOptions = {}): Promise<readonly Account[]> {
    const { accounts, connections } = this.#deps;
    const found = await accounts.findMany(connections.reader(options), keys, options);
    return this.#read(keys.scope, found, found);
  }

  /** Returns the first accounts of each of several profiles, newest first. */
  async listOfProfiles(request: FirstOfParents, options: ReadOptions = {}): Promise<readonly Account[]> {
    const { accounts, connections } = this.#deps;
    const found = await accounts.listOfProfiles(connections.reader(options), request, options);
    return this.#read(request.scope, found, found);
  }

  async list(request: ListRequest<AccountFilter>, options: ReadOptions = {}): Promise<Page<Account>> {
    const { accounts, connections } = this.#deps;
    const page = await accounts.list(connections.reader(options), request, options);
    return this.#read(request.scope, page, page.items);
  }

  /** Returns entries of the account's statement. @throws {DomainError} "account-not-found". */
  async listEntries(
    request: ListRequest<EntryFilter>,
    options: ReadOptions = {},
  ): Promise<Page<Entry>> {
    const reader = this.#deps.connections.reader(options);
    const { scope, filter: { accountId: id } } = request;
    const account = await this.#find(reader, { id, scope }, options);
    return this.#read(scope, await this.#deps.accounts.listEntries(reader, request, options), [account]);
  }

  /** @throws {DomainError} "unknown-currency", "unknown-profile", "account-exists". */
  async open(
    input: { readonly profileId: string; readonly currency: string },
    cause: Cause,
  ): Promise<Account> {
    const { profileId, currency } = input;
    exponentOf(currency, "/currency");
    const accountId = this.#deps.newId();
    return await this.#deps.connections.withTx(async (tx) => {
      if (!await this.#deps.profiles.isActive(tx, { id: profileId, scope: cause.scope })) {
        throw new PaymentError("unknown-profile", {
          fieldErrors: [{ field: "/profileId", reason: "no such profile" }],
        });
      }
      const opening = { accountId, kind: "customer", profileId, currency } as const;
      return await this.#open(tx, opening, { ...cause, last: true });
    }, { ...cause, repeatable: true });
  }

  /**
   * Closes an account with a balance of zero; it can still be read.
   *
   * @throws {DomainError} "account-not-found", "account-changed", "account-closed", "balance-not-zero".
   */
  async close(
    id: string,
    { condition, ...cause }: Cause & { readonly condition: VersionCondition },
  ): Promise<Account> {
    const { connections, ledger, now } = this.#deps;
    return await connections.withTx(async (tx) => {
      const account = await this.#lockOwn(tx, id, cause.scope);
      const { version, profileId, currency, balance } = account;
      if (!meetsCondition(version, condition)) {
        throw new PaymentError("account-changed", { currentVersion: version });
      }
      if (account.closedAt !== null) throw new PaymentError("account-closed");
      if (balance !== 0n) throw new PaymentError("balance-not-zero");
      const projection = new Projection();
      projection.useAccounts([account]);
      await ledger.record(tx, projection, {
        events: [{
          event: { type: "account.closed", accountId: id, profileId, currency },
          expectedVersion: 1n,
        }],
        at: monotonicTime(now(), [account.updatedAt]),
        metadata: cause.metadata,
        last: true,
      });
      return projection.account(id);
    }, { ...cause, repeatable: true });
  }

  /**
   * Deposits into an account, in the transaction of the caller, who waits for `written`.
   *
   * @throws {DomainError} "account-not-found", "profile-deleted", "account-closed", "currency-mismatch",
   * "balance-limit".
   */
  async deposit(
    tx: Transaction,
    accountId: string,
    { amount, scope, metadata }: Cause & { readonly amount: Money },
  ): Promise<{ readonly deposit: Deposit; readonly written: Promise<void> }> {
    const { accounts, ledger, now, newId } = this.#deps;
    const { currency } = await this.#find(tx, { id: accountId, scope });
    if (currency !== amount.currency) throw mismatch();
    const settlementAccountId = await accounts.findSettlement(tx, currency) ??
      await this.#openSettlement(tx, currency, metadata);
    const locked = await accounts.lock(tx, [accountId, settlementAccountId], scope);
    const [account, settlement] = [accountId, settlementAccountId].map((id) => findLocked(locked, id));
    if (account === undefined || settlement === undefined) throw new PaymentError("account-not-found");
    decideDeposit(account, settlement, amount);
    const projection = new Projection();
    projection.useAccounts([account.account, settlement.account]);
    const depositId = newId();
    const at = monotonicTime(now(), [account.account.updatedAt, settlement.account.updatedAt]);
    const profileId = account.account.profileId;
    if (profileId === null) throw new PaymentError("account-not-found");
    const written = ledger.record(tx, projection, {
      events: [{
        event: { type: "deposit.settled", depositId, accountId, profileId, settlementAccountId, amount },
        expectedVersion: 0n,
      }],
      at,
      metadata,
    });
    const { balance } = projection.account(accountId);
    return { deposit: { id: depositId, accountId, amount, balance, createdAt: at }, written };
  }

  /** Opens the settlement account of a currency, unless a concurrent transaction has opened it. */
  async #openSettlement(tx: Transaction, currency: string, metadata: EventMetadata): Promise<string> {
    const existing = await this.#deps.accounts.claimSettlement(tx, currency);
    if (existing !== undefined) return existing;
    const accountId = this.#deps.newId();
    await this.#open(tx, { accountId, kind: "settlement", profileId: null, currency }, { metadata });
    return accountId;
  }

  async #open(
    tx: Transaction,
    opening: Pick<Account, "kind" | "profileId" | "currency"> & { readonly accountId: string },
    { metadata, last = false }: Pick<Cause, "metadata" | "last">,
  ): Promise<Account> {
    const projection = new Projection();
    await this.#deps.ledger.record(tx, projection, {
      events: [{ event: { type: "account.opened", ...opening }, expectedVersion: 0n }],
      at: this.#deps.now(),
      metadata,
      last,
    });
    return projection.account(opening.accountId);
  }

  #read<Value>(scope: AccessScope, value: Value, accounts: readonly Account[]): Value {
    return recordRead(this.#deps, value, { scope, resource: "account", ids: accounts.map(({ id }) => id) });
  }

  async #find(db: Querier, key: ResourceKey, options: QueryOptions = {}): Promise<Account> {
    const account = await this.#deps.accounts.find(db, key, options);
    if (account === undefined) throw new PaymentError("account-not-found");
    return account;
  }

  /** Locks a customer's account in the access scope. Settlement accounts have no owner. */
  async #lockOwn(
    tx: Transaction,
    id: string,
    scope: AccessScope,
  ): Promise<Account & { readonly profileId: string }> {
    const locked = findLocked(await this.#deps.accounts.lock(tx, [id], scope), id);
    const profileId = locked?.account.profileId ?? null;
    if (!locked?.isOwn || profileId === null) throw new PaymentError("account-not-found");
    return { ...locked.account, profileId };
  }
}

function findLocked(locked: readonly LockedAccount[], id: string): LockedAccount | undefined {
  return locked.find(({ account }) => account.id === id);
}

function mismatch(): PaymentError {
  return new PaymentError("currency-mismatch", {
    fieldErrors: [{ field: "/amount/currency", reason: "must be the currency of the account" }],
  });
}
