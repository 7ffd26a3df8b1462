import { DomainError } from "@archway/service_kit/domain_error.ts";
import type { MoneyErrorCode } from "@archway/service_kit/money.ts";

/** Error codes of the payment service; they are the slugs of its problem types. */
export type PaymentErrorCode =
  | MoneyErrorCode
  /** The account does not exist, or is not accessible to the caller. */
  | "account-not-found"
  /** The payment does not exist, or the caller is neither payer nor payee. */
  | "payment-not-found"
  /** The payment has no such refund. */
  | "refund-not-found"
  /** The profile has an open account in the currency. */
  | "account-exists"
  /** The id belongs to another payment. */
  | "payment-exists"
  /** The id belongs to another refund of the payment. */
  | "refund-exists"
  /** The description is too long in the form that is stored. */
  | "invalid-description"
  /** The account was modified since it was read; see `currentVersion`. */
  | "account-changed"
  /** The profile does not exist, or is not accessible to the caller. */
  | "unknown-profile"
  /** An account of the payment does not exist, or the payer account is not accessible to the caller. */
  | "unknown-account"
  /** An account belongs to a deleted profile. */
  | "profile-deleted"
  /** Payer and payee are the same account. */
  | "same-account"
  /** An account is in another currency than the amount. */
  | "currency-mismatch"
  /** An account is closed. */
  | "account-closed"
  /** The balance is less than the amount. */
  | "insufficient-funds"
  /** The new balance would exceed the limit. */
  | "balance-limit"
  /** The account cannot be closed before its balance is zero. */
  | "balance-not-zero"
  /** The total of the refunds would exceed the payment. */
  | "refund-exceeds-payment"
  /** The caller is not the payee of the payment to refund, or of the payment request to change. */
  | "not-payee"
  /** The payment request does not exist, or is not accessible to the caller. */
  | "payment-request-not-found"
  /** The id belongs to a payment request with other terms. */
  | "payment-request-exists"
  /** The payment request was modified since it was read; see `currentVersion`. */
  | "payment-request-changed"
  /** The payment request was paid. */
  | "payment-request-paid"
  /** The payment request has expired. */
  | "payment-request-expired"
  /** The payment request was cancelled. */
  | "payment-request-cancelled"
  /** Another payment request of the owner has the reference. */
  | "reference-exists"
  /** The expiry of a payment request has passed or is too late. */
  | "invalid-expiry"
  /** A property of the payment request that never changes would be changed. */
  | "immutable-property"
  /** The payment request asks another account to pay. */
  | "not-payer"
  /** The batch does not exist, is not accessible to the caller, or has expired. */
  | "payment-request-batch-not-found";

/** Error of the payment service. */
export class PaymentError extends DomainError<PaymentErrorCode> {}
