import { decideRequestPayment } from "../domain/decisions.ts";
import { monotonicTime } from "../domain/monotonic_time.ts";
import { checkOpen, requestAt } from "../domain/payment_request.ts";
import type { PaymentRequestDependencies } from "../ports.ts";
import { Projection } from "../projection/projection.ts";
import { checkRequestVersion, type ConditionalCause, lockRequest } from "./locked_request.ts";
import { profileOf, type PutPayment } from "./payments.ts";
import { recordRead } from "./record_read.ts";
import { findAccount, revisionOf } from "./request_revision.ts";

/** Payment of requests: one transaction settles the payment and closes the request. */
export class PaymentRequestPayment {
  readonly #deps: PaymentRequestDependencies;

  constructor(dependencies: PaymentRequestDependencies) {
    this.#deps = dependencies;
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
    { condition, ...cause }: ConditionalCause,
  ): Promise<PutPayment> {
    const { connections, payments, now, newId } = this.#deps;
    const { scope } = cause;
    return await connections.withTx(async (tx) => {
      const { request, locked } = await lockRequest(tx, this.#deps, {
        key: { id, scope },
        other: payerAccountId,
      });
      if (request.paymentId !== null) {
        const payment = await payments.find(tx, { id: request.paymentId, scope });
        if (payment?.payerAccountId === payerAccountId) {
          return recordRead(this.#deps, { payment, created: false }, {
            ...{ scope, resource: "payment", ids: [payment.id] },
          });
        }
      }
      checkOpen(requestAt(request, now()));
      checkRequestVersion(request, condition);
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
      await this.#deps.ledger.record(tx, projection, {
        events: await this.#deps.ledger.protect(tx, [
          { event: { type: "payment.settled", ...paid, ...sides }, expectedVersion: 0n },
          revisionOf("payment_request.paid", { ...request, paymentId }, locked),
        ]),
        at: monotonicTime(now(), [payer.updatedAt, payee.updatedAt, request.updatedAt]),
        metadata: cause.metadata,
        last: true,
      });
      return { payment: projection.payment(paymentId), created: true };
    }, { ...cause, repeatable: true });
  }
}
