import { DomainError } from "@archway/service_kit/domain_error.ts";
import type { MoneyErrorCode } from "@archway/service_kit/money.ts";

/** Errors of the payment service that a client can act on; `fieldErrors` say where. */
export type PaymentErrorCode =
  | MoneyErrorCode
  /** There is no such account, or it is not the caller's. */
  | "account-not-found"
  /** There is no such payment, or the caller has no part in it. */
  | "payment-not-found"
  /** The payment has no such refund. */
  | "refund-not-found"
  /** The profile has an open account in the currency. */
  | "account-exists"
  /** The id belongs to another payment. */
  | "payment-exists"
  /** The id belongs to another refund of the payment. */
  | "refund-exists"
  /** The account was modified: `currentVersion` is what it has now. */
  | "account-changed"
  /** No profile of the caller's has the id. */
  | "unknown-profile"
  /** An account that a payment names does not exist, or the payer is not the caller's. */
  | "unknown-account"
  /** An account belongs to a profile that was deleted. */
  | "profile-deleted"
  /** Payer and payee are one account. */
  | "same-account"
  /** An account is in another currency than the amount. */
  | "currency-mismatch"
  /** An account is closed. */
  | "account-closed"
  /** The account has less than the amount. */
  | "insufficient-funds"
  /** The account would have more than it can hold. */
  | "balance-limit"
  /** An account is to be closed that has money. */
  | "balance-not-zero"
  /** The refunds of a payment would be more than it. */
  | "refund-exceeds-payment"
  /** The caller did not receive the payment that is to be refunded. */
  | "not-payee";

/** An error of the payment service. */
export class PaymentError extends DomainError<PaymentErrorCode> {}
