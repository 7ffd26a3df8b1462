import type { Querier, Transaction } from "@archway/db/db.ts";
import type { ResourceKey } from "@archway/service_kit/access_scope.ts";
import { PaymentError } from "../domain/payment_error.ts";
import {
  checkExpiry,
  hasTerms,
  type PaymentRequest,
  type PaymentRequestTerms,
  requestAt,
} from "../domain/payment_request.ts";
import type { PaymentRequestDependencies } from "../ports.ts";
import { Projection } from "../projection/projection.ts";
import type { Cause } from "./accounts.ts";
import { checkRequestVersion, presentRequest } from "./locked_request.ts";
import { recordRead } from "./record_read.ts";
import { decideTerms, revisionOf, sidesOf } from "./request_revision.ts";

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

/** Creates payment requests. Locks the account of the payee first, so that its requests come one by one. */
export class PaymentRequestCreation {
  readonly #deps: PaymentRequestDependencies;

  constructor(dependencies: PaymentRequestDependencies) {
    this.#deps = dependencies;
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
    const locked = await this.#deps.accounts.lock(tx, sidesOf(terms), cause.scope);
    const { payeeProfileId } = decideTerms(locked, terms);
    const { reference } = terms;
    if (reference !== null) await this.#claim(tx, { requestId: id, reference, profileId: payeeProfileId });
    const projection = new Projection();
    const created = revisionOf("payment_request.created", { id, ...terms, paymentId: null }, locked);
    const events = await this.#deps.ledger.protect(tx, [created]);
    const { metadata, last = false } = cause;
    const written = this.#deps.ledger.record(tx, projection, { events, at, metadata, last });
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

  async #claim(
    tx: Transaction,
    claim: { readonly requestId: string; readonly reference: string; readonly profileId: string },
  ): Promise<void> {
    const holder = await this.#deps.requests.claimReference(tx, claim);
    if (holder === claim.requestId) return;
    const reason = `is the reference of payment request ${holder}`;
    throw new PaymentError("reference-exists", { fieldErrors: [{ field: "/reference", reason }] });
  }

  /** Returns the request that has an id already, if it has the same terms and may exist. */
  async #existing(
    db: Querier,
    terms: PaymentRequestTerms,
    { id, scope, isNew }: ResourceKey & { readonly isNew: boolean },
  ): Promise<PaymentRequest> {
    const found = presentRequest(await this.#deps.requests.find(db, { id, scope }));
    const request = requestAt(found.request, this.#deps.now());
    if (isNew) checkRequestVersion(request, []);
    if (!found.isPayee || !hasTerms(request, terms)) throw new PaymentError("payment-request-exists");
    return recordRead(this.#deps, request, { scope, resource: "payment_request", ids: [id] });
  }
}
