import type { FieldError } from "@archway/service_kit/domain_error.ts";
import type { Money } from "@archway/service_kit/money.ts";
import { type Account, MAX_BALANCE } from "./account.ts";
import type { Payment, PaymentInput, RefundInput } from "./payment.ts";
import { PaymentError, type PaymentErrorCode } from "./payment_error.ts";

/** An account that is locked until the end of the transaction, with the rights of the caller. */
export interface LockedAccount {
  readonly account: Account;
  /** Whether the caller has the rights of its owner. */
  readonly isOwn: boolean;
  /** Whether its profile exists and is not deleted; true for a settlement account. */
  readonly isActive: boolean;
}

/** An account, and the member of the body that refers to it. */
interface NamedAccount {
  readonly locked: LockedAccount | undefined;
  /** JSON Pointer of its id in the body; "" if the body does not refer to it. */
  readonly field: string;
}

/** Both sides of a transfer. */
export interface Sides {
  readonly payer: LockedAccount;
  readonly payee: LockedAccount;
}

/**
 * Checks whether a payment can be settled.
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
    // Payer accounts of other owners are reported as missing. Settlement accounts are for deposits only.
    { locked: payer?.isOwn && isCustomer(payer) ? payer : undefined, field: "/payerAccountId" },
    { locked: payee !== undefined && isCustomer(payee) ? payee : undefined, field: "/payeeAccountId" },
  ];
  refuse("unknown-account", named, {
    matches: ({ locked }) => locked === undefined,
    reason: "no such account",
  });
  if (payer === undefined || payee === undefined) throw new PaymentError("unknown-account");
  decideTransfer({ payer, payee }, amount, named);
  return { payer, payee };
}

/**
 * Checks whether a payment can be refunded by an amount.
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
  // A refund is a transfer in the opposite direction.
  decideTransfer({ payer: payee, payee: payer }, amount, [{ locked: payee, field: "" }, {
    locked: payer,
    field: "",
  }]);
}

/**
 * Checks whether a deposit into an account can be settled.
 *
 * @throws {PaymentError} "profile-deleted", "account-closed", "currency-mismatch", "balance-limit".
 */
export function decideDeposit(account: LockedAccount, settlement: LockedAccount, amount: Money): void {
  decideTransfer({ payer: settlement, payee: account }, amount, [{ locked: account, field: "" }]);
}

function decideTransfer({ payer, payee }: Sides, amount: Money, named: readonly NamedAccount[]): void {
  refuse("profile-deleted", named, {
    matches: ({ locked }) => locked?.isActive === false,
    reason: "belongs to a deleted profile",
  });
  refuse("account-closed", named, {
    matches: ({ locked }) => (locked?.account.closedAt ?? null) !== null,
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

/** Throws an error that lists all accounts that match. */
function refuse(
  code: PaymentErrorCode,
  named: readonly NamedAccount[],
  { matches, reason }: { readonly matches: (account: NamedAccount) => boolean; readonly reason: string },
): void {
  const found = named.filter(matches);
  if (found.length === 0) return;
  const fieldErrors: FieldError[] = found.filter(({ field }) => field !== "").map(({ field }) => ({
    field,
    reason,
  }));
  throw new PaymentError(code, { fieldErrors });
}
