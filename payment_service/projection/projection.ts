import type { Account, Entry, EntryKind } from "../domain/account.ts";
import type { Payment, Refund } from "../domain/payment.ts";
import type { PaymentRequest, PaymentRequestStatus } from "../domain/payment_request.ts";
import type { Money } from "@archway/service_kit/money.ts";
import type {
  PaymentEvent,
  PaymentRefunded,
  PaymentRequestRevised,
  PaymentSettled,
} from "../events/payment_event.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";

/** A row to be written. */
export interface ChangedRow<Row> {
  readonly row: Row;
  /** Whether the row is inserted instead of updated. */
  readonly isNew: boolean;
}

/** A transfer between two accounts. */
interface Transfer {
  readonly transferId: string;
  readonly kind: EntryKind;
  readonly from: string;
  readonly to: string;
  readonly amount: Money;
  readonly paymentId: string | null;
  readonly refundId: string | null;
  readonly at: Timestamp;
}

/** Status of a payment request after an event. */
export const STATUS_AFTER: Readonly<Record<PaymentRequestRevised["type"], PaymentRequestStatus>> = {
  "payment_request.created": "created",
  "payment_request.revised": "created",
  "payment_request.paid": "paid",
  "payment_request.expired": "expired",
  "payment_request.cancelled": "cancelled",
};

/**
 * State of accounts, payments and payment requests, as derived from events. New events and rebuilds run the same code. It applies events
 * without validating them: validation happens before an event is written.
 */
export class Projection {
  readonly entries: Entry[] = [];
  readonly refunds: Refund[] = [];
  readonly #accounts = new Map<string, ChangedRow<Account> & { readonly changed: boolean }>();
  readonly #payments = new Map<string, ChangedRow<Payment> & { readonly changed: boolean }>();
  readonly #requests = new Map<string, ChangedRow<PaymentRequest> & { readonly changed: boolean }>();

  /** Adds accounts, in their current state, that events will change. */
  useAccounts(accounts: readonly Account[]): void {
    for (const row of accounts) this.#accounts.set(row.id, { row, isNew: false, changed: false });
  }

  /** Adds payments, in their current state, that events will change. */
  usePayments(payments: readonly Payment[]): void {
    for (const row of payments) this.#payments.set(row.id, { row, isNew: false, changed: false });
  }

  /** Adds payment requests, in their current state, that events will change. */
  useRequests(requests: readonly PaymentRequest[]): void {
    for (const row of requests) this.#requests.set(row.id, { row, isNew: false, changed: false });
  }

  get accounts(): readonly ChangedRow<Account>[] {
    return [...this.#accounts.values()].filter(({ changed }) => changed);
  }

  get payments(): readonly ChangedRow<Payment>[] {
    return [...this.#payments.values()].filter(({ changed }) => changed);
  }

  get requests(): readonly ChangedRow<PaymentRequest>[] {
    return [...this.#requests.values()].filter(({ changed }) => changed);
  }

  /** Returns the state of an account. @throws {Error} if it was not added. */
  account(id: string): Account {
    const account = this.#accounts.get(id)?.row;
    if (account === undefined) throw new Error("Event refers to an account that was not loaded");
    return account;
  }

  /** Returns the state of a payment. @throws {Error} if it was not added. */
  payment(id: string): Payment {
    const payment = this.#payments.get(id)?.row;
    if (payment === undefined) throw new Error("Event refers to a payment that was not loaded");
    return payment;
  }

  /** Returns the state of a payment request. @throws {Error} if it was not added. */
  request(id: string): PaymentRequest {
    const request = this.#requests.get(id)?.row;
    if (request === undefined) throw new Error("Event refers to a payment request that was not loaded");
    return request;
  }

  /** Applies an event. What it changes must have been added. */
  apply(event: PaymentEvent, at: Timestamp): void {
    switch (event.type) {
      case "account.opened": {
        const { accountId: id, kind, profileId, currency } = event;
        const row = {
          ...{ id, kind, profileId, currency, balance: 0n, version: 1n },
          ...{ createdAt: at, updatedAt: at, closedAt: null },
        };
        this.#accounts.set(id, { row, isNew: true, changed: true });
        break;
      }
      case "account.closed":
        this.#changeAccount(event.accountId, { closedAt: at }, at);
        break;
      case "deposit.settled":
        this.#transfer({
          transferId: event.depositId,
          kind: "deposit",
          from: event.settlementAccountId,
          to: event.accountId,
          amount: event.amount,
          paymentId: null,
          refundId: null,
          at,
        });
        break;
      case "payment.settled":
        this.#settle(event, at);
        break;
      case "payment.refunded":
        this.#refund(event, at);
        break;
      case "payment_request.created":
      case "payment_request.revised":
      case "payment_request.paid":
      case "payment_request.expired":
      case "payment_request.cancelled":
        this.#revise(event, at);
        break;
      default:
        event satisfies never;
    }
  }

  #settle(event: PaymentSettled, at: Timestamp): void {
    const { paymentId: id, payerAccountId, payeeAccountId, amount, description } = event;
    const row = {
      ...{ id, payerAccountId, payeeAccountId, amount, description },
      ...{ refunded: 0n, version: 1n, createdAt: at, updatedAt: at },
    };
    this.#payments.set(id, { row, isNew: true, changed: true });
    const { transferId } = event;
    this.#transfer({
      ...{ transferId, kind: "payment", from: payerAccountId, to: payeeAccountId, amount },
      ...{ paymentId: id, refundId: null, at },
    });
  }

  #refund(event: PaymentRefunded, at: Timestamp): void {
    const { paymentId, refundId, transferId, payerAccountId, payeeAccountId, amount, description } = event;
    const payment = this.payment(paymentId);
    const isNew = this.#payments.get(paymentId)?.isNew ?? false;
    const row = {
      ...payment,
      refunded: payment.refunded + amount.units,
      version: payment.version + 1n,
      updatedAt: at,
    };
    this.#payments.set(paymentId, { row, isNew, changed: true });
    this.refunds.push({ paymentId, id: refundId, amount, description, createdAt: at });
    this.#transfer({
      ...{ transferId, kind: "refund", from: payeeAccountId, to: payerAccountId, amount },
      ...{ paymentId, refundId, at },
    });
  }

  #revise(event: PaymentRequestRevised, at: Timestamp): void {
    const { type, requestId: id, payeeAccountId, payerAccountId, reference, amount, description } = event;
    const { expiresAt, paymentId } = event;
    const before = type === "payment_request.created" ? undefined : this.request(id);
    const row = {
      ...{ id, payeeAccountId, payerAccountId, reference, amount, description, expiresAt, paymentId },
      status: STATUS_AFTER[type],
      version: (before?.version ?? 0n) + 1n,
      createdAt: before?.createdAt ?? at,
      // An expired request looks the same before and after its expiry is recorded.
      updatedAt: type === "payment_request.expired" ? expiresAt : at,
    };
    const isNew = before === undefined || (this.#requests.get(id)?.isNew ?? false);
    this.#requests.set(id, { row, isNew, changed: true });
  }

  #transfer({ from, to, amount: { units, currency }, at, ...transfer }: Transfer): void {
    for (const [accountId, amount] of [[from, -units], [to, units]] as const) {
      const balance = this.account(accountId).balance + amount;
      this.#changeAccount(accountId, { balance }, at);
      this.entries.push({ ...transfer, accountId, amount, balance, currency, createdAt: at });
    }
  }

  #changeAccount(id: string, change: Partial<Account>, at: Timestamp): void {
    const before = this.account(id);
    const isNew = this.#accounts.get(id)?.isNew ?? false;
    const row = { ...before, ...change, version: before.version + 1n, updatedAt: at };
    this.#accounts.set(id, { row, isNew, changed: true });
  }
}
