import type { Transaction } from "@archway/db/db.ts";
import type { AccessScope } from "@archway/service_kit/access_scope.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import { decideRefund, type LockedAccount } from "../domain/decisions.ts";
import { monotonicTime } from "../domain/monotonic_time.ts";
import { isRefundOf, type Payment, type Refund, type RefundInput } from "../domain/payment.ts";
import { PaymentError } from "../domain/payment_error.ts";
import type { FirstOfParents, PaymentDependencies, PaymentPartFilter, RefundKey } from "../ports.ts";
import { Projection } from "../projection/projection.ts";
import type { Cause, ReadOptions } from "./accounts.ts";
import { profileOf } from "./payments.ts";
import { recordRead } from "./record_read.ts";

/** A refund, and whether this request created it. */
export interface PutRefund {
  readonly refund: Refund;
  readonly created: boolean;
}

/** Use cases of refunds. */
export class RefundService {
  readonly #deps: PaymentDependencies;

  constructor(dependencies: PaymentDependencies) {
    this.#deps = dependencies;
  }

  /** @throws {DomainError} "payment-not-found", "refund-not-found". */
  async get(key: RefundKey, options: ReadOptions = {}): Promise<Refund> {
    const reader = this.#deps.connections.reader(options);
    const refund = await this.#deps.payments.findRefund(reader, key, options);
    if (refund !== undefined) return this.#read(key.scope, refund, [key.paymentId]);
    const payment = await this.#deps.payments.find(reader, { ...key, id: key.paymentId }, options);
    throw new PaymentError(payment === undefined ? "payment-not-found" : "refund-not-found");
  }

  /** @throws {DomainError} "payment-not-found". */
  async list(request: ListRequest<PaymentPartFilter>, options: ReadOptions = {}): Promise<Page<Refund>> {
    const reader = this.#deps.connections.reader(options);
    const { scope, filter: { paymentId: id } } = request;
    if (await this.#deps.payments.find(reader, { id, scope }, options) === undefined) {
      throw new PaymentError("payment-not-found");
    }
    return this.#read(scope, await this.#deps.payments.listRefunds(reader, request, options), [id]);
  }

  /** Returns the first refunds of each of several payments, newest first. */
  async listOfPayments(request: FirstOfParents, options: ReadOptions = {}): Promise<readonly Refund[]> {
    const { payments, connections } = this.#deps;
    const found = await payments.listRefundsOfPayments(connections.reader(options), request, options);
    return this.#read(request.scope, found, [...new Set(found.map(({ paymentId }) => paymentId))]);
  }

  /**
   * Refunds a payment in full or in part, unless the refund already exists.
   *
   * @throws {DomainError} "payment-not-found", "refund-exists" if the id belongs to another refund, "not-payee",
   * "currency-mismatch", "refund-exceeds-payment", "profile-deleted", "account-closed", "insufficient-funds",
   * "balance-limit".
   */
  async put(
    { paymentId, id }: Omit<RefundKey, "scope">,
    input: RefundInput,
    cause: Cause,
  ): Promise<PutRefund> {
    const { connections, payments, accounts } = this.#deps;
    const { scope } = cause;
    return await connections.withTx(async (tx) => {
      const found = await payments.find(tx, { id: paymentId, scope });
      if (found === undefined) throw new PaymentError("payment-not-found");
      // All transfers lock both accounts first, so the data read below does not change before the transaction ends.
      const locked = await accounts.lock(tx, [found.payerAccountId, found.payeeAccountId], scope);
      const known = await payments.findRefund(tx, { paymentId, id, scope });
      if (known !== undefined) {
        if (!isRefundOf(known, input)) throw new PaymentError("refund-exists");
        return this.#read(scope, { refund: known, created: false }, [paymentId]);
      }
      const payment = await payments.find(tx, { id: paymentId, scope }) ?? found;
      return { refund: await this.#refund(tx, payment, { id, input, cause, locked }), created: true };
    }, { ...cause, repeatable: true });
  }

  /** Records the payments of refunds that were read. */
  #read<Value>(scope: AccessScope, value: Value, ids: readonly string[]): Value {
    return recordRead(this.#deps, value, { scope, resource: "payment", ids });
  }

  async #refund(
    tx: Transaction,
    payment: Payment,
    { id, input, cause, locked }: RefundOptions,
  ): Promise<Refund> {
    const { ledger, now, newId } = this.#deps;
    const { payerAccountId, payeeAccountId } = payment;
    const payer = findLocked(locked, payerAccountId);
    const payee = findLocked(locked, payeeAccountId);
    decideRefund(payment, { payer, payee }, input);
    const projection = new Projection();
    projection.useAccounts([payer.account, payee.account]);
    projection.usePayments([payment]);
    const at = monotonicTime(now(), [
      payer.account.updatedAt,
      payee.account.updatedAt,
      payment.updatedAt,
    ]);
    const events = await ledger.protect(tx, [{
      event: {
        type: "payment.refunded",
        paymentId: payment.id,
        refundId: id,
        transferId: newId(),
        payerProfileId: profileOf(payer.account),
        payeeProfileId: profileOf(payee.account),
        ...{ payerAccountId, payeeAccountId, amount: input.amount, description: input.description },
      },
      // A payment has one event per version.
      expectedVersion: payment.version,
    }]);
    await ledger.record(tx, projection, {
      events,
      at,
      metadata: cause.metadata,
      last: true,
    });
    return { paymentId: payment.id, id, ...input, createdAt: at };
  }
}

interface RefundOptions {
  readonly id: string;
  readonly input: RefundInput;
  readonly cause: Cause;
  readonly locked: readonly LockedAccount[];
}

/** Returns a locked account. Accounts are never deleted. */
function findLocked(locked: readonly LockedAccount[], id: string): LockedAccount {
  const found = locked.find(({ account }) => account.id === id);
  if (found === undefined) throw new Error("Missing account of a payment");
  return found;
}
