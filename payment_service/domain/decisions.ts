import type { FieldError } from "@archway/service_kit/domain_error.ts";
import type { Money } from "@archway/service_kit/money.ts";
import { type Account, MAX_BALANCE } from "./account.ts";
import type { Payment, PaymentInput, RefundInput } from "./payment.ts";
import { PaymentError, type PaymentErrorCode } from "./payment_error.ts";

/** An account that nobody else can change before the transaction ends, as one caller sees it. */
export interface LockedAccount {
  readonly account: Account;
  /** Whether the caller may do with it what its owner may. */
  readonly isOwn: boolean;
  /** Whether its profile exists and was not deleted; true for a settlement account. */
  readonly isActive: boolean;
}

/** An account together with where a client named it. */
interface NamedAccount {
  readonly locked: LockedAccount | undefined;
  /** The JSON Pointer to its id in the body. */
  readonly field: string;
}

/** Both sides of a movement. */
export interface Sides {
  readonly payer: LockedAccount;
  readonly payee: LockedAccount;
}

/**
 * Decides whether a payment can be made.
 *
 * @throws {PaymentError} "unknown-account", "profile-deleted", "account-closed", "currency-mismatch",
 * "insufficient-funds", "balance-limit".
 */
export function decidePayment(
  payer: LockedAccount | undefined,
  payee: LockedAccount | undefined,
  { amount }: PaymentInput,
): Sides {
  const named: readonly NamedAccount[] = [
    // Somebody else's account is as good as none, and a settlement account takes part in deposits only.
    { locked: payer?.isOwn && isCustomer(payer) ? payer : undefined, field: "/payerAccountId" },
    { locked: payee !== undefined && isCustomer(payee) ? payee : undefined, field: "/payeeAccountId" },
  ];
  refuse("unknown-account", named, {
    isSo: ({ locked }) => locked === undefined,
    reason: "no such account",
  });
  if (payer === undefined || payee === undefined) throw new PaymentError("unknown-account");
  decideMovement({ payer, payee }, amount, named);
  return { payer, payee };
}

/**
 * Decides whether a part of a payment can be given back.
 *
 * @throws {PaymentError} "not-payee", "currency-mismatch", "refund-exceeds-payment", "profile-deleted", "account-closed",
 * "insufficient-funds", "balance-limit".
 */
export function decideRefund(payment: Payment, { payer, payee }: Sides, { amount }: RefundInput): void {
  if (!payee.isOwn) throw new PaymentError("not-payee");
  if (amount.currency !== payment.amount.currency) {
    throw new PaymentError("currency-mismatch", {
      fieldErrors: [{ field: "/amount/currency", reason: "must be the currency of the payment" }],
    });
  }
  if (payment.refunded + amount.units > payment.amount.units) {
    throw new PaymentError("refund-exceeds-payment");
  }
  // The money goes the other way.
  decideMovement({ payer: payee, payee: payer }, amount, [{ locked: payee, field: "" }, {
    locked: payer,
    field: "",
  }]);
}

/**
 * Decides whether an account can be given money from outside.
 *
 * @throws {PaymentError} "profile-deleted", "account-closed", "currency-mismatch", "balance-limit".
 */
export function decideDeposit(account: LockedAccount, settlement: LockedAccount, amount: Money): void {
  decideMovement({ payer: settlement, payee: account }, amount, [{ locked: account, field: "" }]);
}

function decideMovement({ payer, payee }: Sides, amount: Money, named: readonly NamedAccount[]): void {
  refuse("profile-deleted", named, {
    isSo: ({ locked }) => locked?.isActive === false,
    reason: "belongs to a deleted profile",
  });
  refuse("account-closed", named, {
    isSo: ({ locked }) => (locked?.account.closedAt ?? null) !== null,
    reason: "is closed",
  });
  const foreign = [payer, payee].some(({ account }) => account.currency !== amount.currency);
  if (foreign) {
    throw new PaymentError("currency-mismatch", {
      fieldErrors: [{
        field: "/amount/currency",
        reason: "must be the currency of both accounts",
      }],
    });
  }
  const left = payer.account.balance - amount.units;
  if (isCustomer(payer) && left < 0n) throw new PaymentError("insufficient-funds");
  if (left < -MAX_BALANCE || payee.account.balance + amount.units > MAX_BALANCE) {
    throw new PaymentError("balance-limit");
  }
}

function isCustomer({ account }: LockedAccount): boolean {
  return account.kind === "customer";
}

/** Refuses for every account of which something is true, all at once. */
function refuse(
  code: PaymentErrorCode,
  named: readonly NamedAccount[],
  { isSo, reason }: { readonly isSo: (account: NamedAccount) => boolean; readonly reason: string },
): void {
  const found = named.filter(isSo);
  if (found.length === 0) return;
  const fieldErrors: FieldError[] = found.filter(({ field }) => field !== "").map(({ field }) => ({
    field,
    reason,
  }));
  throw new PaymentError(code, { fieldErrors });
}
