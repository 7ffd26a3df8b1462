import type { AccountKind } from "../domain/account.ts";
import type { Money } from "@archway/service_kit/money.ts";

/** An account was opened: by its owner, or, where it is a settlement account, because it was needed. */
export interface AccountOpened {
  readonly type: "account.opened";
  readonly accountId: string;
  readonly kind: AccountKind;
  /** Null: it is a settlement account. */
  readonly profileId: string | null;
  readonly currency: string;
}

/** An account was closed; it had no money. */
export interface AccountClosed {
  readonly type: "account.closed";
  readonly accountId: string;
  readonly profileId: string;
  readonly currency: string;
}

/** Money came from outside. */
export interface DepositSettled {
  readonly type: "deposit.settled";
  readonly depositId: string;
  readonly accountId: string;
  readonly profileId: string;
  /** Where it came from. */
  readonly settlementAccountId: string;
  readonly amount: Money;
}

/** Money went from one account to another. */
export interface PaymentSettled {
  readonly type: "payment.settled";
  readonly paymentId: string;
  /** The movement's own id; the payment's was chosen by a client, who may have used it elsewhere. */
  readonly transferId: string;
  readonly payerAccountId: string;
  readonly payeeAccountId: string;
  readonly payerProfileId: string;
  readonly payeeProfileId: string;
  readonly amount: Money;
  readonly description: string | null;
}

/** All of a payment, or a part, went back. */
export interface PaymentRefunded {
  readonly type: "payment.refunded";
  readonly paymentId: string;
  readonly refundId: string;
  readonly transferId: string;
  /** Who had paid, and gets the money. */
  readonly payerAccountId: string;
  readonly payeeAccountId: string;
  readonly payerProfileId: string;
  readonly payeeProfileId: string;
  readonly amount: Money;
  readonly description: string | null;
}

/** Everything that happens in this service. */
export type PaymentEvent = AccountOpened | AccountClosed | DepositSettled | PaymentSettled | PaymentRefunded;

/** Categories of the streams below: what their names begin with. */
export const PAYMENT_CATEGORIES: readonly string[] = ["account", "deposit", "payment"];

/** The stream that an event belongs to. */
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
  }
}

/** The stream of a payment. */
export function paymentStream(paymentId: string): string {
  return `payment-${paymentId}`;
}
