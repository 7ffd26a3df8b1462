/** What can go wrong in the payment service, as far as a client can do something about it. */
export type PaymentErrorCode =
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
  /** The account has changed: `currentVersion` is what it has now. */
  | "account-changed"
  /** An amount is not written as its currency wants it, is nothing or too much: `faults` says where. */
  | "invalid-amount"
  /** There is no such currency: `faults` says where. */
  | "unknown-currency"
  /** A list was asked for in a way that cannot be answered: `faults` names the parameters. */
  | "invalid-page"
  /** No living profile of the caller's has the id: `faults` says where. */
  | "unknown-profile"
  /** An account that a payment names does not exist, or the payer is not the caller's: `faults` says where. */
  | "unknown-account"
  /** An account belongs to a profile that was deleted: `faults` says where. */
  | "profile-deleted"
  /** Payer and payee are one account. */
  | "same-account"
  /** An account is in another currency than the amount: `faults` says where. */
  | "currency-mismatch"
  /** An account is closed: `faults` says which. */
  | "account-closed"
  /** The account has less than the amount. */
  | "insufficient-funds"
  /** The account would have more than it can hold. */
  | "balance-limit"
  /** An account is to be closed that has money. */
  | "balance-not-zero"
  /** The refunds of a payment would be more than it. */
  | "refund-exceeds-payment"
  /** A payment is to be refunded by somebody who did not receive it. */
  | "not-payee";

/** One thing that is wrong. */
export interface PaymentFault {
  /** The query parameter, or the JSON Pointer into the body. */
  readonly field: string;
  /** In words, without the value. */
  readonly reason: string;
}

/** What is known besides the code. */
export interface PaymentErrorOptions {
  readonly faults?: readonly PaymentFault[];
  readonly currentVersion?: bigint;
  readonly cause?: unknown;
}

/** An error of the payment service; error_handler.ts says what a client is told. */
export class PaymentError extends Error {
  override readonly name = "PaymentError";
  readonly faults: readonly PaymentFault[];
  readonly currentVersion: bigint | undefined;

  constructor(readonly code: PaymentErrorCode, options: PaymentErrorOptions = {}) {
    super(`Payment service: ${code}`, "cause" in options ? { cause: options.cause } : undefined);
    this.faults = options.faults ?? [];
    this.currentVersion = options.currentVersion;
  }
}
