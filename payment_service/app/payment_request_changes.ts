import type { Transaction } from "@archway/db/db.ts";
import type { LockedAccount } from "../domain/decisions.ts";
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
import type { PaymentRequestDependencies } from "../ports.ts";
import { Projection } from "../projection/projection.ts";
import type { Cause } from "./accounts.ts";
import { checkRequestVersion, type ConditionalCause, lockRequest } from "./locked_request.ts";
import { recordRead } from "./record_read.ts";
import { decideTerms, revisionOf } from "./request_revision.ts";

/** Changes of payment requests by their payees, who revise or cancel them. */
export class PaymentRequestChanges {
  readonly #deps: PaymentRequestDependencies;

  constructor(dependencies: PaymentRequestDependencies) {
    this.#deps = dependencies;
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
    { condition, ...cause }: ConditionalCause,
  ): Promise<PaymentRequest> {
    return await this.#change(id, { cause, other: terms.payerAccountId }, async (tx, request, locked) => {
      checkOpen(requestAt(request, this.#deps.now()));
      checkRequestVersion(request, condition);
      checkRevision(request, terms);
      if (hasTerms(request, terms)) return this.#read(request, cause);
      checkExpiry(terms.expiresAt, this.#deps.now());
      decideTerms(locked, terms);
      return await this.#revised(tx, request, { cause, locked, type: "payment_request.revised", terms });
    });
  }

  /**
   * Cancels a payment request, unless it is cancelled already.
   *
   * @throws {DomainError} "payment-request-not-found", "not-payee", "payment-request-paid", "payment-request-expired",
   * "payment-request-changed".
   */
  async cancel(id: string, { condition, ...cause }: ConditionalCause): Promise<PaymentRequest> {
    return await this.#change(id, { cause, other: null }, async (tx, request, locked) => {
      if (request.status === "cancelled") return this.#read(request, cause);
      checkOpen(requestAt(request, this.#deps.now()));
      checkRequestVersion(request, condition);
      return await this.#revised(tx, request, { cause, locked, type: "payment_request.cancelled" });
    });
  }

  /** Records that the caller gets a request without a change of it. */
  #read(request: PaymentRequest, { scope }: Cause): PaymentRequest {
    return recordRead(this.#deps, request, { scope, resource: "payment_request", ids: [request.id] });
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
      const { request, locked, isPayee } = await lockRequest(tx, this.#deps, {
        key: { id, scope: cause.scope },
        other,
      });
      if (!isPayee) throw new PaymentError("not-payee");
      return await change(tx, request, locked);
    }, { ...cause, repeatable: true });
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
    await this.#deps.ledger.record(tx, projection, {
      events: await this.#deps.ledger.protect(tx, [revisionOf(type, { ...request, ...terms }, locked)]),
      at: monotonicTime(this.#deps.now(), [request.updatedAt]),
      metadata: cause.metadata,
      last: true,
    });
    return projection.request(request.id);
  }
}
