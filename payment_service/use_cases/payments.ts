import type { Transaction } from "@archway/db/db.ts";
import type { StoredEvent } from "@archway/events/event_store.ts";
import type { KeysetPage, PageOf } from "@archway/service_kit/paging/keyset.ts";
import { decidePayment } from "../domain/decisions.ts";
import { momentAfter } from "../domain/moment_after.ts";
import { isPaymentOf, type Payment, type PaymentDraft } from "../domain/payment.ts";
import { PaymentError } from "../domain/payment_error.ts";
import type { Key, PaymentDependencies, PaymentFilter } from "../ports.ts";
import { Projection } from "../projection/projection.ts";
import type { Cause, ReadOptions } from "./accounts.ts";

/** A payment, and whether it was made by this request. */
export interface PutPayment {
  readonly payment: Payment;
  readonly created: boolean;
}

/** What is done with payments. */
export class PaymentService {
  readonly #deps: PaymentDependencies;

  constructor(dependencies: PaymentDependencies) {
    this.#deps = dependencies;
  }

  /** @throws {PaymentError} "payment-not-found". */
  async get(key: Key, options: ReadOptions = {}): Promise<Payment> {
    const payment = await this.#deps.payments.find(this.#deps.connections.reader(options), key, options);
    if (payment === undefined) throw new PaymentError("payment-not-found");
    return payment;
  }

  list(filter: PaymentFilter, page: PageOf & ReadOptions): Promise<KeysetPage<Payment>> {
    return this.#deps.payments.list(this.#deps.connections.reader(page), filter, page);
  }

  /** What has happened to a payment, in order. @throws {PaymentError} "payment-not-found". */
  async listEvents(key: Key, page: PageOf<bigint> & ReadOptions): Promise<KeysetPage<StoredEvent>> {
    const reader = this.#deps.connections.reader(page);
    if (await this.#deps.payments.find(reader, key, page) === undefined) {
      throw new PaymentError("payment-not-found");
    }
    return await this.#deps.payments.listEvents(reader, key.id, page);
  }

  /**
   * Makes a payment, in the transaction it is given.
   *
   * @throws {PaymentError} "same-account", "unknown-account", "profile-deleted", "account-closed", "currency-mismatch",
   * "insufficient-funds", "balance-limit".
   */
  async create(tx: Transaction, draft: PaymentDraft, cause: Cause): Promise<Payment> {
    return await this.#settle(tx, this.#deps.newId(), { draft, cause });
  }

  /**
   * Makes a payment with an id that the client has chosen, unless it was made already.
   *
   * @throws {PaymentError} "payment-exists" when the id is that of another payment, and what {@link create} throws.
   */
  async put(id: string, draft: PaymentDraft, cause: Cause): Promise<PutPayment> {
    try {
      return await this.#put(id, draft, cause);
    } catch (error) {
      // Another request with the id may have been quicker: what it has made is there by now, and can be compared.
      if (!(error instanceof PaymentError && error.code === "payment-exists")) throw error;
      return await this.#put(id, draft, cause);
    }
  }

  async #put(id: string, draft: PaymentDraft, cause: Cause): Promise<PutPayment> {
    const { connections, payments } = this.#deps;
    const { viewer } = cause;
    return await connections.withTx(async (tx) => {
      const known = await payments.find(tx, { id, viewer });
      if (known !== undefined && isPaymentOf(known, draft)) return { payment: known, created: false };
      if (known !== undefined) throw new PaymentError("payment-exists");
      // An id that somebody else has taken is refused when it is written: only who could pay learns that it is taken.
      return { payment: await this.#settle(tx, id, { draft, cause }), created: true };
    }, { ...cause, repeatable: true });
  }

  async #settle(
    tx: Transaction,
    paymentId: string,
    { draft, cause }: { readonly draft: PaymentDraft; readonly cause: Cause },
  ): Promise<Payment> {
    const { accounts, ledger, now, newId } = this.#deps;
    const { payerAccountId, payeeAccountId, amount, description } = draft;
    if (payerAccountId === payeeAccountId) throw new PaymentError("same-account");
    const locked = await accounts.lock(tx, [payerAccountId, payeeAccountId], cause.viewer);
    const { payer: { account: payer }, payee: { account: payee } } = decidePayment(
      locked.find(({ account }) => account.id === payerAccountId),
      locked.find(({ account }) => account.id === payeeAccountId),
      draft,
    );
    const projection = new Projection();
    projection.useAccounts([payer, payee]);
    await ledger.record(tx, projection, {
      happenings: [{
        event: {
          type: "payment.settled",
          transferId: newId(),
          payerProfileId: profileOf(payer),
          payeeProfileId: profileOf(payee),
          ...{ paymentId, payerAccountId, payeeAccountId, amount, description },
        },
        expectedVersion: 0n,
      }],
      at: momentAfter(now(), [payer.updatedAt, payee.updatedAt]),
      metadata: cause.metadata,
    });
    return projection.payment(paymentId);
  }
}

/** Whose an account is that takes part in payments. */
export function profileOf({ profileId }: { readonly profileId: string | null }): string {
  if (profileId === null) throw new PaymentError("unknown-account");
  return profileId;
}
