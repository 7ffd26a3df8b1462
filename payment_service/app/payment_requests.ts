import type { Querier, Transaction } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { StoredEvent } from "@archway/events/event_store.ts";
import { type AccessScope, type ResourceKey, UNRESTRICTED } from "@archway/service_kit/access_scope.ts";
import { meetsCondition, type VersionCondition } from "@archway/service_kit/entity_version.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import { decideRequest, decideRequestPayment, type LockedAccount } from "../domain/decisions.ts";
import { monotonicTime } from "../domain/monotonic_time.ts";
import { PaymentError } from "../domain/payment_error.ts";
import {
  checkExpiry,
  checkOpen,
  checkRevision,
  hasTerms,
  type PaymentRequest,
  type PaymentRequestTerms,
  requestAt,
} from "../domain/payment_request.ts";
import type { PaymentRequestRevised } from "../events/payment_event.ts";
import type {
  FoundRequest,
  PaymentRequestDependencies,
  PaymentRequestFilter,
  PendingEvent,
  RevisionFilter,
} from "../ports.ts";
import { Projection } from "../projection/projection.ts";
import type { Cause, ReadOptions } from "./accounts.ts";
import { profileOf, type PutPayment } from "./payments.ts";

/** A payment request, and whether this request created it. */
export interface PutPaymentRequest {
  readonly request: PaymentRequest;
  readonly created: boolean;
}

/** A payment request whose event and projection have been sent to the database. */
interface SentRequest {
  readonly request: PaymentRequest;
  /** @throws {DomainError} "payment-request-exists". */
  readonly written: Promise<void>;
}

type Conditional = Cause & { readonly condition: VersionCondition };

/** Number of requests that expire in one transaction. */
const EXPIRY_BATCH = 100;

/** Use cases of payment requests. Each change locks the account of the payee first, so that changes come one by one. */
export class PaymentRequestService {
  readonly #deps: PaymentRequestDependencies;

  constructor(dependencies: PaymentRequestDependencies) {
    this.#deps = dependencies;
  }

  /** @throws {DomainError} "payment-request-not-found". */
  async get(key: ResourceKey, options: ReadOptions = {}): Promise<PaymentRequest> {
    const { connections, requests, now } = this.#deps;
    const found = await requests.find(connections.reader(options), key, options);
    return requestAt(present(found).request, now());
  }

  list(
    request: ListRequest<PaymentRequestFilter>,
    options: ReadOptions = {},
  ): Promise<Page<PaymentRequest>> {
    const { connections, requests, now } = this.#deps;
    return requests.list(connections.reader(options), request, { ...options, now: now() });
  }

  /** Returns events of a payment request, oldest first. @throws {DomainError} "payment-request-not-found". */
  async listRevisions(
    request: ListRequest<RevisionFilter, bigint>,
    options: ReadOptions = {},
  ): Promise<Page<StoredEvent>> {
    const reader = this.#deps.connections.reader(options);
    const { scope, filter: { requestId: id } } = request;
    present(await this.#deps.requests.find(reader, { id, scope }, options));
    return await this.#deps.requests.listRevisions(reader, request, options);
  }

  /**
   * Creates a payment request, in the transaction of the caller, who waits for `written`.
   *
   * @throws {DomainError} "invalid-expiry", "same-account", "unknown-account", "profile-deleted", "account-closed",
   * "currency-mismatch", "reference-exists".
   */
  async create(
    tx: Transaction,
    terms: PaymentRequestTerms,
    { id = this.#deps.newId(), ...cause }: Cause & { readonly id?: string },
  ): Promise<SentRequest> {
    const at = this.#deps.now();
    checkExpiry(terms.expiresAt, at);
    const locked = await this.#lock(tx, terms, cause.scope);
    const { payeeProfileId } = this.#decide(locked, terms);
    const { reference } = terms;
    if (reference !== null) await this.#claim(tx, { requestId: id, reference, profileId: payeeProfileId });
    const projection = new Projection();
    const created = revisionOf("payment_request.created", { id, ...terms, paymentId: null }, locked);
    const events = await this.#deps.ledger.protect(tx, [created]);
    const written = this.#record(tx, projection, { events, at, cause });
    return { request: projection.request(id), written };
  }

  /**
   * Creates a payment request with an id that the client chose, unless it already exists.
   *
   * @param cause `isNew` requires that it does not exist.
   * @throws {DomainError} "payment-request-exists" if the id belongs to another request, "payment-request-not-found" if
   * that is outside the access scope, "payment-request-changed" if it had to be new, and the errors of {@link create}.
   */
  async put(
    id: string,
    terms: PaymentRequestTerms,
    { isNew, ...cause }: Cause & { readonly isNew: boolean },
  ): Promise<PutPaymentRequest> {
    const { connections, requests } = this.#deps;
    try {
      return await connections.withTx(async (tx) => {
        if (await requests.find(tx, { id, scope: cause.scope }) !== undefined) {
          throw new PaymentError("payment-request-exists");
        }
        const { request, written } = await this.create(tx, terms, { ...cause, id, last: true });
        await written;
        return { request, created: true };
      }, { ...cause, repeatable: true });
    } catch (error) {
      if (!(error instanceof PaymentError && error.code === "payment-request-exists")) throw error;
      // A concurrent request with the id may have been faster. Its payment request is committed by now.
      const request = await this.#existing(connections.writer(), terms, { id, scope: cause.scope, isNew });
      return { request, created: false };
    }
  }

  /**
   * Creates a payment request with an id, unless it exists with the same terms, in a savepoint of the caller.
   *
   * @throws {DomainError} those of {@link put}; the transaction remains usable.
   */
  async ensure(
    tx: Transaction,
    terms: PaymentRequestTerms,
    cause: Cause & { readonly id: string },
  ): Promise<void> {
    try {
      await tx.savepoint(async (inner) => await (await this.create(inner, terms, cause)).written);
    } catch (error) {
      if (!(error instanceof PaymentError && error.code === "payment-request-exists")) throw error;
      await this.#existing(tx, terms, { ...cause, isNew: false });
    }
  }

  /**
   * Replaces the terms of a payment request. Without a difference there is no new revision.
   *
   * @throws {DomainError} "payment-request-not-found", "not-payee", "payment-request-paid", "payment-request-expired",
   * "payment-request-cancelled", "payment-request-changed", "immutable-property", and the errors of {@link create}.
   */
  async revise(
    id: string,
    terms: PaymentRequestTerms,
    { condition, ...cause }: Conditional,
  ): Promise<PaymentRequest> {
    return await this.#change(id, { cause, other: terms.payerAccountId }, async (tx, request, locked) => {
      checkOpen(requestAt(request, this.#deps.now()));
      checkVersion(request, condition);
      checkRevision(request, terms);
      if (hasTerms(request, terms)) return request;
      checkExpiry(terms.expiresAt, this.#deps.now());
      this.#decide(locked, terms);
      return await this.#revised(tx, request, { cause, locked, type: "payment_request.revised", terms });
    });
  }

  /**
   * Cancels a payment request, unless it is cancelled already.
   *
   * @throws {DomainError} "payment-request-not-found", "not-payee", "payment-request-paid", "payment-request-expired",
   * "payment-request-changed".
   */
  async cancel(id: string, { condition, ...cause }: Conditional): Promise<PaymentRequest> {
    return await this.#change(id, { cause, other: null }, async (tx, request, locked) => {
      if (request.status === "cancelled") return request;
      checkOpen(requestAt(request, this.#deps.now()));
      checkVersion(request, condition);
      return await this.#revised(tx, request, { cause, locked, type: "payment_request.cancelled" });
    });
  }

  /**
   * Pays a request, unless the account has paid it already.
   *
   * @param cause `condition` says which revision is paid.
   * @throws {DomainError} "payment-request-not-found", "payment-request-paid", "payment-request-expired",
   * "payment-request-cancelled", "payment-request-changed", "not-payer", "same-account", "unknown-account",
   * "profile-deleted", "account-closed", "currency-mismatch", "insufficient-funds", "balance-limit".
   */
  async pay(
    id: string,
    payerAccountId: string,
    { condition, ...cause }: Conditional,
  ): Promise<PutPayment> {
    const { connections, payments, now, newId } = this.#deps;
    const { scope } = cause;
    return await connections.withTx(async (tx) => {
      const { request, locked } = await this.#locked(tx, { id, scope }, payerAccountId);
      if (request.paymentId !== null) {
        const payment = await payments.find(tx, { id: request.paymentId, scope });
        if (payment?.payerAccountId === payerAccountId) return { payment, created: false };
      }
      checkOpen(requestAt(request, now()));
      checkVersion(request, condition);
      const { payeeAccountId, amount, description } = request;
      const { payer: { account: payer }, payee: { account: payee } } = decideRequestPayment(
        findAccount(locked, payerAccountId),
        findAccount(locked, payeeAccountId),
        { request, payerAccountId },
      );
      const projection = new Projection();
      projection.useAccounts([payer, payee]);
      projection.useRequests([request]);
      const paymentId = newId();
      const sides = { payerProfileId: profileOf(payer), payeeProfileId: profileOf(payee) };
      const paid = { paymentId, transferId: newId(), payerAccountId, payeeAccountId, amount, description };
      await this.#record(tx, projection, {
        events: await this.#deps.ledger.protect(tx, [
          { event: { type: "payment.settled", ...paid, ...sides }, expectedVersion: 0n },
          revisionOf("payment_request.paid", { ...request, paymentId }, locked),
        ]),
        at: monotonicTime(now(), [payer.updatedAt, payee.updatedAt, request.updatedAt]),
        cause: { ...cause, last: true },
      });
      return { payment: projection.payment(paymentId), created: true };
    }, { ...cause, repeatable: true });
  }

  /** Records the expiry of all requests whose time has come, and returns their number. */
  async expireDue({ signal }: { readonly signal: AbortSignal }): Promise<number> {
    let total = 0;
    for (let count = EXPIRY_BATCH; count === EXPIRY_BATCH; total += count) {
      count = await this.#deps.connections.withTx((tx) => this.#expire(tx), { signal, repeatable: true });
    }
    return total;
  }

  async #expire(tx: Transaction): Promise<number> {
    const { accounts, requests } = this.#deps;
    const due = { now: this.#deps.now(), limit: EXPIRY_BATCH };
    const found = await requests.findDue(tx, due);
    if (found.length === 0) return 0;
    const sides = found.flatMap(sidesOf);
    const locked = await accounts.lock(tx, [...new Set(sides)], UNRESTRICTED);
    // Some may have been paid or changed by transactions that held the locks.
    const ids = new Set(found.map(({ id }) => id));
    const expired = (await requests.findDue(tx, due)).filter((request) =>
      ids.has(request.id) && sidesOf(request).every((id) => findAccount(locked, id) !== undefined)
    );
    if (expired.length === 0) return found.length;
    const projection = new Projection();
    projection.useRequests(expired);
    await this.#record(tx, projection, {
      events: await this.#deps.ledger.protect(
        tx,
        expired.map((request) => revisionOf("payment_request.expired", request, locked)),
      ),
      at: monotonicTime(due.now, expired.map(({ updatedAt }) => updatedAt)),
      cause: { metadata: {}, last: true },
    });
    return found.length;
  }

  /** Changes a request of the caller as its payee. */
  async #change(
    id: string,
    { cause, other }: { readonly cause: Cause; readonly other: string | null },
    change: (
      tx: Transaction,
      request: PaymentRequest,
      locked: readonly LockedAccount[],
    ) => Promise<PaymentRequest>,
  ): Promise<PaymentRequest> {
    return await this.#deps.connections.withTx(async (tx) => {
      const { request, locked, isPayee } = await this.#locked(tx, { id, scope: cause.scope }, other);
      if (!isPayee) throw new PaymentError("not-payee");
      return await change(tx, request, locked);
    }, { ...cause, repeatable: true });
  }

  /** Returns a request after its accounts and another one were locked, so that it does not change any more. */
  async #locked(
    tx: Transaction,
    key: ResourceKey,
    other: string | null,
  ): Promise<FoundRequest & { readonly locked: readonly LockedAccount[] }> {
    const { accounts, requests } = this.#deps;
    const before = present(await requests.find(tx, key)).request;
    const ids = [...sidesOf(before), ...other === null ? [] : [other]];
    const locked = await accounts.lock(tx, ids, key.scope);
    const found = present(await requests.find(tx, key));
    // A revision may have asked another account to pay meanwhile. A deadlock by this late lock has the change repeated.
    const late = sidesOf(found.request).filter((id) => findAccount(locked, id) === undefined);
    const more = late.length === 0 ? [] : await accounts.lock(tx, late, key.scope);
    return { ...found, locked: [...locked, ...more] };
  }

  #lock(tx: Transaction, terms: PaymentRequestTerms, scope: AccessScope): Promise<readonly LockedAccount[]> {
    return this.#deps.accounts.lock(tx, sidesOf(terms), scope);
  }

  #decide(
    locked: readonly LockedAccount[],
    terms: PaymentRequestTerms,
  ): { readonly payeeProfileId: string } {
    const payer = terms.payerAccountId === null ? undefined : findAccount(locked, terms.payerAccountId);
    const { account } = decideRequest(findAccount(locked, terms.payeeAccountId), payer, terms);
    return { payeeProfileId: profileOf(account) };
  }

  async #claim(
    tx: Transaction,
    claim: { readonly requestId: string; readonly reference: string; readonly profileId: string },
  ): Promise<void> {
    const holder = await this.#deps.requests.claimReference(tx, claim);
    if (holder === claim.requestId) return;
    const reason = `is the reference of payment request ${holder}`;
    throw new PaymentError("reference-exists", { fieldErrors: [{ field: "/reference", reason }] });
  }

  async #revised(
    tx: Transaction,
    request: PaymentRequest,
    { cause, locked, type, terms = request }: {
      readonly cause: Cause;
      readonly locked: readonly LockedAccount[];
      readonly type: PaymentRequestRevised["type"];
      /** @default the current ones */
      readonly terms?: PaymentRequestTerms;
    },
  ): Promise<PaymentRequest> {
    const projection = new Projection();
    projection.useRequests([request]);
    await this.#record(tx, projection, {
      events: await this.#deps.ledger.protect(tx, [revisionOf(type, { ...request, ...terms }, locked)]),
      at: monotonicTime(this.#deps.now(), [request.updatedAt]),
      cause: { ...cause, last: true },
    });
    return projection.request(request.id);
  }

  #record(
    tx: Transaction,
    projection: Projection,
    { events, at, cause: { metadata, last = false } }: {
      readonly events: readonly PendingEvent[];
      readonly at: Timestamp;
      readonly cause: Pick<Cause, "metadata" | "last">;
    },
  ): Promise<void> {
    return this.#deps.ledger.record(tx, projection, { events, at, metadata, last });
  }

  /** Returns the request that has an id already, if it has the same terms and may exist. */
  async #existing(
    db: Querier,
    terms: PaymentRequestTerms,
    { id, scope, isNew }: ResourceKey & { readonly isNew: boolean },
  ): Promise<PaymentRequest> {
    const found = present(await this.#deps.requests.find(db, { id, scope }));
    const request = requestAt(found.request, this.#deps.now());
    if (isNew) checkVersion(request, []);
    if (!found.isPayee || !hasTerms(request, terms)) throw new PaymentError("payment-request-exists");
    return request;
  }
}

/** Returns the next event of a request, with the profiles of its accounts. */
function revisionOf(
  type: PaymentRequestRevised["type"],
  { id: requestId, version = 0n, paymentId, ...request }:
    & PaymentRequestTerms
    & Pick<PaymentRequest, "id" | "paymentId">
    & { readonly version?: bigint },
  locked: readonly LockedAccount[],
): { readonly event: PaymentRequestRevised; readonly expectedVersion: bigint } {
  const { payeeAccountId, payerAccountId, reference, amount, description, expiresAt } = request;
  const profileIdOf = (accountId: string): string => {
    const found = findAccount(locked, accountId);
    if (found === undefined) throw new Error("Missing account of a payment request");
    return profileOf(found.account);
  };
  const profiles = {
    payeeProfileId: profileIdOf(payeeAccountId),
    payerProfileId: payerAccountId === null ? null : profileIdOf(payerAccountId),
  };
  return {
    event: {
      ...{ type, requestId, payeeAccountId, payerAccountId, ...profiles },
      ...{ reference, amount, description, expiresAt, paymentId },
    },
    expectedVersion: version,
  };
}

function present(found: FoundRequest | undefined): FoundRequest {
  if (found === undefined) throw new PaymentError("payment-request-not-found");
  return found;
}

function checkVersion({ version }: PaymentRequest, condition: VersionCondition): void {
  if (meetsCondition(version, condition)) return;
  throw new PaymentError("payment-request-changed", { currentVersion: version });
}

function sidesOf(
  { payeeAccountId, payerAccountId }: Pick<PaymentRequestTerms, "payeeAccountId" | "payerAccountId">,
): readonly string[] {
  return payerAccountId === null ? [payeeAccountId] : [payeeAccountId, payerAccountId];
}

function findAccount(locked: readonly LockedAccount[], id: string): LockedAccount | undefined {
  return locked.find(({ account }) => account.id === id);
}
