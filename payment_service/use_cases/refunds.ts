import type { Transaction } from "@archway/db/db.ts";
import type { KeysetPage, PageOf } from "@archway/service_kit/paging/keyset.ts";
import { decideRefund, type LockedAccount } from "../domain/decisions.ts";
import { momentAfter } from "../domain/moment_after.ts";
import { isRefundOf, type Payment, type Refund, type RefundDraft } from "../domain/payment.ts";
import { PaymentError } from "../domain/payment_error.ts";
import type { Key, PaymentDependencies, RefundKey } from "../ports.ts";
import { Projection } from "../projection/projection.ts";
import type { Cause, ReadOptions } from "./accounts.ts";
import { profileOf } from "./payments.ts";

/** A refund, and whether it was made by this request. */
export interface PutRefund {
  readonly refund: Refund;
  readonly created: boolean;
}

/** What is done with refunds. */
export class RefundService {
  readonly #deps: PaymentDependencies;

  constructor(dependencies: PaymentDependencies) {
    this.#deps = dependencies;
  }

  /** @throws {PaymentError} "payment-not-found", "refund-not-found". */
  async get(key: RefundKey, options: ReadOptions = {}): Promise<Refund> {
    const reader = this.#deps.connections.reader(options);
    const refund = await this.#deps.payments.findRefund(reader, key, options);
    if (refund !== undefined) return refund;
    const payment = await this.#deps.payments.find(reader, { ...key, id: key.paymentId }, options);
    throw new PaymentError(payment === undefined ? "payment-not-found" : "refund-not-found");
  }

  /** @throws {PaymentError} "payment-not-found". */
  async list({ id, viewer }: Key, page: PageOf & ReadOptions): Promise<KeysetPage<Refund>> {
    const reader = this.#deps.connections.reader(page);
    if (await this.#deps.payments.find(reader, { id, viewer }, page) === undefined) {
      throw new PaymentError("payment-not-found");
    }
    return await this.#deps.payments.listRefunds(reader, id, page);
  }

  /**
   * Gives back a payment or a part of it, unless this refund was made already.
   *
   * @throws {PaymentError} "payment-not-found", "refund-exists" when the id is that of another refund, "not-payee",
   * "currency-mismatch", "refund-exceeds-payment", "profile-deleted", "account-closed", "insufficient-funds",
   * "balance-limit".
   */
  async put(
    { paymentId, id }: Omit<RefundKey, "viewer">,
    draft: RefundDraft,
    cause: Cause,
  ): Promise<PutRefund> {
    const { connections, payments, accounts } = this.#deps;
    const { viewer } = cause;
    return await connections.withTx(async (tx) => {
      const found = await payments.find(tx, { id: paymentId, viewer });
      if (found === undefined) throw new PaymentError("payment-not-found");
      // Every refund of a payment locks its two accounts, here as everywhere before anything else: what is read from now
      // on does not change before the transaction ends.
      const locked = await accounts.lock(tx, [found.payerAccountId, found.payeeAccountId], viewer);
      const known = await payments.findRefund(tx, { paymentId, id, viewer });
      if (known !== undefined) {
        if (!isRefundOf(known, draft)) throw new PaymentError("refund-exists");
        return { refund: known, created: false };
      }
      const payment = await payments.find(tx, { id: paymentId, viewer }) ?? found;
      return { refund: await this.#refund(tx, payment, { id, draft, cause, locked }), created: true };
    }, { ...cause, repeatable: true });
  }

  async #refund(tx: Transaction, payment: Payment, { id, draft, cause, locked }: Refunding): Promise<Refund> {
    const { ledger, now, newId } = this.#deps;
    const { payerAccountId, payeeAccountId } = payment;
    const payer = among(locked, payerAccountId);
    const payee = among(locked, payeeAccountId);
    decideRefund(payment, { payer, payee }, draft);
    const projection = new Projection();
    projection.useAccounts([payer.account, payee.account]);
    projection.usePayments([payment]);
    const at = momentAfter(now(), [
      payer.account.updatedAt,
      payee.account.updatedAt,
      payment.updatedAt,
    ]);
    await ledger.record(tx, projection, {
      happenings: [{
        event: {
          type: "payment.refunded",
          paymentId: payment.id,
          refundId: id,
          transferId: newId(),
          payerProfileId: profileOf(payer.account),
          payeeProfileId: profileOf(payee.account),
          ...{ payerAccountId, payeeAccountId, amount: draft.amount, description: draft.description },
        },
        // A payment has one event for each of its versions.
        expectedVersion: payment.version,
      }],
      at,
      metadata: cause.metadata,
    });
    return { paymentId: payment.id, id, ...draft, createdAt: at };
  }
}

interface Refunding {
  readonly id: string;
  readonly draft: RefundDraft;
  readonly cause: Cause;
  readonly locked: readonly LockedAccount[];
}

/** Accounts are never removed. */
function among(locked: readonly LockedAccount[], id: string): LockedAccount {
  const found = locked.find(({ account }) => account.id === id);
  if (found === undefined) throw new Error("The account of a payment is not there");
  return found;
}
