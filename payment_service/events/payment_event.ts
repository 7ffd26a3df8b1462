import type { AccountKind } from "../domain/account.ts";
import type { PaymentRequestTerms } from "../domain/payment_request.ts";
import type { Money } from "@archway/service_kit/money.ts";

/** An account was opened: by its owner, or for the first deposit of a currency. */
export interface AccountOpened {
  readonly type: "account.opened";
  readonly accountId: string;
  readonly kind: AccountKind;
  /** Null for a settlement account. */
  readonly profileId: string | null;
  readonly currency: string;
}

/** An account with a balance of zero was closed. */
export interface AccountClosed {
  readonly type: "account.closed";
  readonly accountId: string;
  readonly profileId: string;
  readonly currency: string;
}

/** A deposit was settled. */
export interface DepositSettled {
  readonly type: "deposit.settled";
  readonly depositId: string;
  readonly accountId: string;
  readonly profileId: string;
  /** Account that was debited. */
  readonly settlementAccountId: string;
  readonly amount: Money;
}

/** A payment was settled. */
export interface PaymentSettled {
  readonly type: "payment.settled";
  readonly paymentId: string;
  /** Id of the transfer. Unlike the payment's, a client cannot choose it, so it is unique across services. */
  readonly transferId: string;
  readonly payerAccountId: string;
  readonly payeeAccountId: string;
  readonly payerProfileId: string;
  readonly payeeProfileId: string;
  readonly amount: Money;
  readonly description: string | null;
}

/** A payment was refunded in full or in part. */
export interface PaymentRefunded {
  readonly type: "payment.refunded";
  readonly paymentId: string;
  readonly refundId: string;
  readonly transferId: string;
  /** Payer of the original payment, who receives the refund. */
  readonly payerAccountId: string;
  readonly payeeAccountId: string;
  readonly payerProfileId: string;
  readonly payeeProfileId: string;
  readonly amount: Money;
  readonly description: string | null;
}

/** A revision of a payment request, with the terms since then. */
export interface PaymentRequestRevised extends PaymentRequestTerms {
  readonly type:
    | "payment_request.created"
    | "payment_request.revised"
    | "payment_request.paid"
    | "payment_request.expired"
    | "payment_request.cancelled";
  readonly requestId: string;
  readonly payeeProfileId: string;
  /** Null if any account may pay. */
  readonly payerProfileId: string | null;
  /** Null unless it was paid. */
  readonly paymentId: string | null;
}

/** All events of the service. */
export type PaymentEvent =
  | AccountOpened
  | AccountClosed
  | DepositSettled
  | PaymentSettled
  | PaymentRefunded
  | PaymentRequestRevised;

/** Categories of the streams, which are the prefixes of their names. */
export const PAYMENT_CATEGORIES: readonly string[] = ["account", "deposit", "payment", "payment_request"];

/** Returns the stream of an event. */
export function streamOf(event: PaymentEvent): string {
  switch (event.type) {
    case "account.opened":
    case "account.closed":
      return `account-${event.accountId}`;
    case "deposit.settled":
      return `deposit-${event.depositId}`;
    case "payment.settled":
    case "payment.refunded":
      return paymentStream(event.paymentId);
    case "payment_request.created":
    case "payment_request.revised":
    case "payment_request.paid":
    case "payment_request.expired":
    case "payment_request.cancelled":
      return requestStream(event.requestId);
  }
}

/** Returns the stream of a payment. */
export function paymentStream(paymentId: string): string {
  return `payment-${paymentId}`;
}

/** Returns the id of the payment of a stream. */
export function paymentOfStream(stream: string): string {
  return stream.slice(paymentStream("").length);
}

/** Returns the stream of a payment request. */
export function requestStream(requestId: string): string {
  return `payment_request-${requestId}`;
}
