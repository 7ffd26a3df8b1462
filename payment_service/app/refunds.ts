import type { Transaction } from "@archway/db/db.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import { decideRefund, type LockedAccount } from "../domain/decisions.ts";
import { momentAfter } from "../domain/moment_after.ts";
import { isRefundOf, type Payment, type Refund, type RefundInput } from "../domain/payment.ts";
import { PaymentError } from "../domain/payment_error.ts";
import type { PaymentDependencies, PaymentPartFilter, RefundKey } from "../ports.ts";
import { Projection } from "../projection/projection.ts";
import type { Cause, ReadOptions } from "./accounts.ts";
import { profileOf } from "./payments.ts";

/** A refund, and whether it was made by this request. */
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
    if (refund !== undefined) return refund;
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
    return await this.#deps.payments.listRefunds(reader, request, options);
  }

  /**
   * Gives back a payment or a part of it, unless this refund was made already.
   *
   * @throws {DomainError} "payment-not-found", "refund-exists" when the id is that of another refund, "not-payee",
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
      // Every refund of a payment locks its two accounts, here as everywhere before anything else: what is read from now
      // on does not change before the transaction ends.
      const locked = await accounts.lock(tx, [found.payerAccountId, found.payeeAccountId], scope);
      const known = await payments.findRefund(tx, { paymentId, id, scope });
      if (known !== undefined) {
        if (!isRefundOf(known, input)) throw new PaymentError("refund-exists");
        return { refund: known, created: false };
      }
      const payment = await payments.find(tx, { id: paymentId, scope }) ?? found;
      return { refund: await this.#refund(tx, payment, { id, input, cause, locked }), created: true };
    }, { ...cause, repeatable: true });
  }

  async #refund(tx: Transaction, payment: Payment, { id, input, cause, locked }: Refunding): Promise<Refund> {
    const { ledger, now, newId } = this.#deps;
    const { payerAccountId, payeeAccountId } = payment;
    const payer = among(locked, payerAccountId);
    const payee = among(locked, payeeAccountId);
    decideRefund(payment, { payer, payee }, input);
    const projection = new Projection();
    projection.useAccounts([payer.account, payee.account]);
    projection.usePayments([payment]);
    const at = momentAfter(now(), [
      payer.account.updatedAt,
      payee.account.updatedAt,
      payment.updatedAt,
    ]);
    await ledger.record(tx, projection, {
      events: [{
        event: {
          type: "payment.refunded",
          paymentId: payment.id,
          refundId: id,
          transferId: newId(),
          payerProfileId: profileOf(payer.account),
          payeeProfileId: profileOf(payee.account),
          ...{ payerAccountId, payeeAccountId, amount: input.amount, description: input.description },
        },
        // A payment has one event for each of its versions.
        expectedVersion: payment.version,
      }],
      at,
      metadata: cause.metadata,
    });
    return { paymentId: payment.id, id, ...input, createdAt: at };
  }
}

interface Refunding {
  readonly id: string;
  readonly input: RefundInput;
  readonly cause: Cause;
  readonly locked: readonly LockedAccount[];
}

/** Accounts are never removed. */
function among(locked: readonly LockedAccount[], id: string): LockedAccount {
  const found = locked.find(({ account }) => account.id === id);
  if (found === undefined) throw new Error("The account of a payment is not there");
  return found;
}
