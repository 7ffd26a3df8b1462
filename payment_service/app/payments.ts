import type { Transaction } from "@archway/db/db.ts";
import type { StoredEvent } from "@archway/events/event_store.ts";
import type { AccessScope, ResourceKey, ResourceKeys } from "@archway/service_kit/access_scope.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import { decidePayment } from "../domain/decisions.ts";
import { monotonicTime } from "../domain/monotonic_time.ts";
import { isPaymentOf, type Payment, type PaymentInput } from "../domain/payment.ts";
import { PaymentError } from "../domain/payment_error.ts";
import type { PaymentDependencies, PaymentFilter, PaymentPartFilter } from "../ports.ts";
import { Projection } from "../projection/projection.ts";
import type { Cause, ReadOptions } from "./accounts.ts";
import { recordRead } from "./record_read.ts";

/** A payment, and whether this request created it. */
export interface PutPayment {
  readonly payment: Payment;
  readonly created: boolean;
}

/** A payment whose events and projections have been sent to the database. */
interface SentPayment {
  readonly payment: Payment;
  /** @throws {DomainError} "payment-exists". */
  readonly written: Promise<void>;
}

/** Use cases of payments. */
export class PaymentService {
  readonly #deps: PaymentDependencies;

  constructor(dependencies: PaymentDependencies) {
    this.#deps = dependencies;
  }

  /** @throws {DomainError} "payment-not-found". */
  async get(key: ResourceKey, options: ReadOptions = {}): Promise<Payment> {
    const payment = await this.#deps.payments.find(this.#deps.connections.reader(options), key, options);
    if (payment === undefined) throw new PaymentError("payment-not-found");
    return this.#read(key.scope, payment, [payment]);
  }

  /** Returns the payments with the ids, in no order, without those that are missing. */
  async getMany(keys: ResourceKeys, options: ReadOptions = {}): Promise<readonly Payment[]> {
    const { payments, connections } = this.#deps;
    const found = await payments.findMany(connections.reader(options), keys, options);
    return this.#read(keys.scope, found, found);
  }

  async list(request: ListRequest<PaymentFilter>, options: ReadOptions = {}): Promise<Page<Payment>> {
    const { payments, connections } = this.#deps;
    const page = await payments.list(connections.reader(options), request, options);
    return this.#read(request.scope, page, page.items);
  }

  /** Returns events of a payment, oldest first. @throws {DomainError} "payment-not-found". */
  async listEvents(
    request: ListRequest<PaymentPartFilter, bigint>,
    options: ReadOptions = {},
  ): Promise<Page<StoredEvent>> {
    const reader = this.#deps.connections.reader(options);
    const { scope, filter: { paymentId: id } } = request;
    const payment = await this.#deps.payments.find(reader, { id, scope }, options);
    if (payment === undefined) throw new PaymentError("payment-not-found");
    return this.#read(scope, await this.#deps.payments.listEvents(reader, request, options), [payment]);
  }

  /**
   * Creates a payment, in the transaction of the caller, who waits for `written`.
   *
   * @throws {DomainError} "same-account", "unknown-account", "profile-deleted", "account-closed", "currency-mismatch",
   * "insufficient-funds", "balance-limit".
   */
  create(tx: Transaction, input: PaymentInput, cause: Cause): Promise<SentPayment> {
    return this.#settle(tx, this.#deps.newId(), { input, cause });
  }

  /**
   * Creates a payment with an id that the client chose, unless it already exists.
   *
   * @throws {DomainError} "payment-exists" if the id belongs to another payment, "payment-not-found" if that is outside
   * the access scope, and the errors of {@link create}.
   */
  async put(id: string, input: PaymentInput, cause: Cause): Promise<PutPayment> {
    try {
      return await this.#put(id, input, cause);
    } catch (error) {
      if (!(error instanceof PaymentError && error.code === "payment-exists")) throw error;
      // A concurrent request with the id may have been faster. Its payment is committed by now and can be compared.
      const { connections, payments } = this.#deps;
      const known = await payments.find(connections.writer(), { id, scope: cause.scope });
      // The payment of another owner, as in every other operation.
      if (known === undefined) throw new PaymentError("payment-not-found");
      if (!isPaymentOf(known, input)) throw error;
      return this.#read(cause.scope, { payment: known, created: false }, [known]);
    }
  }

  #read<Value>(scope: AccessScope, value: Value, payments: readonly Payment[]): Value {
    return recordRead(this.#deps, value, { scope, resource: "payment", ids: payments.map(({ id }) => id) });
  }

  async #put(id: string, input: PaymentInput, cause: Cause): Promise<PutPayment> {
    const { connections, payments } = this.#deps;
    const { scope } = cause;
    return await connections.withTx(async (tx) => {
      const known = await payments.find(tx, { id, scope });
      if (known !== undefined && isPaymentOf(known, input)) {
        return this.#read(scope, { payment: known, created: false }, [known]);
      }
      if (known !== undefined) throw new PaymentError("payment-exists");
      // An id that another owner's payment has is rejected by the insert, so that only callers who can pay learn of it.
      const { payment, written } = await this.#settle(tx, id, { input, cause, last: true });
      await written;
      return { payment, created: true };
    }, { ...cause, repeatable: true });
  }

  async #settle(
    tx: Transaction,
    paymentId: string,
    { input, cause, last = false }: SettleOptions,
  ): Promise<SentPayment> {
    const { accounts, ledger, now, newId } = this.#deps;
    const { payerAccountId, payeeAccountId, amount, description } = input;
    if (payerAccountId === payeeAccountId) throw new PaymentError("same-account");
    const locked = await accounts.lock(tx, [payerAccountId, payeeAccountId], cause.scope);
    const { payer: { account: payer }, payee: { account: payee } } = decidePayment(
      locked.find(({ account }) => account.id === payerAccountId),
      locked.find(({ account }) => account.id === payeeAccountId),
      input,
    );
    const projection = new Projection();
    projection.useAccounts([payer, payee]);
    const events = await ledger.protect(tx, [{
      event: {
        type: "payment.settled",
        transferId: newId(),
        payerProfileId: profileOf(payer),
        payeeProfileId: profileOf(payee),
        ...{ paymentId, payerAccountId, payeeAccountId, amount, description },
      },
      expectedVersion: 0n,
    }]);
    const written = ledger.record(tx, projection, {
      events,
      at: monotonicTime(now(), [payer.updatedAt, payee.updatedAt]),
      metadata: cause.metadata,
      last,
    });
    return { payment: projection.payment(paymentId), written };
  }
}

interface SettleOptions {
  readonly input: PaymentInput;
  readonly cause: Cause;
  /** Whether nothing follows in the transaction. @default false */
  readonly last?: boolean;
}

/** Returns the profile of a customer's account. @throws {PaymentError} "unknown-account". */
export function profileOf({ profileId }: { readonly profileId: string | null }): string {
  if (profileId === null) throw new PaymentError("unknown-account");
  return profileId;
}
