import type { FieldError } from "@archway/service_kit/domain_error.ts";
import type { Money } from "@archway/service_kit/money.ts";
import { type Account, MAX_BALANCE } from "./account.ts";
import type { Payment, PaymentInput, RefundInput } from "./payment.ts";
import { PaymentError, type PaymentErrorCode } from "./payment_error.ts";
import type { PaymentRequest, PaymentRequestTerms } from "./payment_request.ts";

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

/** Members of a body that a payment depends on, as JSON Pointers; "" for what is not in the body. */
interface PaymentFields {
  readonly payer: string;
  readonly payee: string;
  /** Member that is wrong if the currencies differ. */
  readonly currency: string;
}

const OF_PAYMENT: PaymentFields = {
  payer: "/payerAccountId",
  payee: "/payeeAccountId",
  currency: "/amount/currency",
};

/**
 * Checks whether a payment can be settled.
 *
 * @throws {PaymentError} "unknown-account", "profile-deleted", "account-closed", "currency-mismatch",
 * "insufficient-funds", "balance-limit".
 */
export function decidePayment(
  payer: LockedAccount | undefined,
  payee: LockedAccount | undefined,
  { amount, fields = OF_PAYMENT }: Pick<PaymentInput, "amount"> & { readonly fields?: PaymentFields },
): Sides {
  const named: readonly NamedAccount[] = [
    // Payer accounts of other owners are reported as missing. Settlement accounts are for deposits only.
    { locked: payer?.isOwn && isCustomer(payer) ? payer : undefined, field: fields.payer },
    { locked: payee !== undefined && isCustomer(payee) ? payee : undefined, field: fields.payee },
  ];
  refuseMissing(named);
  if (payer === undefined || payee === undefined) throw new PaymentError("unknown-account");
  decideTransfer({ payer, payee }, amount, { named, field: fields.currency });
  return { payer, payee };
}

/**
 * Checks whether a payee can request a payment.
 *
 * @param payer Account that is asked to pay; not checked if the terms ask none.
 * @throws {PaymentError} "same-account", "unknown-account", "profile-deleted", "account-closed", "currency-mismatch".
 */
export function decideRequest(
  payee: LockedAccount | undefined,
  payer: LockedAccount | undefined,
  { amount, payerAccountId, payeeAccountId }: PaymentRequestTerms,
): LockedAccount {
  if (payerAccountId === payeeAccountId) throw new PaymentError("same-account");
  const named: NamedAccount[] = [
    { locked: payee?.isOwn && isCustomer(payee) ? payee : undefined, field: "/payeeAccountId" },
  ];
  if (payerAccountId !== null) {
    const locked = payer !== undefined && isCustomer(payer) ? payer : undefined;
    named.push({ locked, field: "/payerAccountId" });
  }
  refuseMissing(named);
  if (payee === undefined) throw new PaymentError("unknown-account");
  refuseUnusable(named);
  refuseCurrency(named.flatMap(({ locked }) => locked ?? []), amount, "/amount/currency");
  return payee;
}

/**
 * Checks whether an account can pay a request that is open.
 *
 * @throws {PaymentError} "not-payer", "same-account" and the errors of {@link decidePayment}.
 */
export function decideRequestPayment(
  payer: LockedAccount | undefined,
  payee: LockedAccount | undefined,
  { request, payerAccountId }: { readonly request: PaymentRequest; readonly payerAccountId: string },
): Sides {
  if (request.payerAccountId !== null && request.payerAccountId !== payerAccountId) {
    const reason = "must be the account that is asked to pay";
    throw new PaymentError("not-payer", { fieldErrors: [{ field: "/payerAccountId", reason }] });
  }
  if (payerAccountId === request.payeeAccountId) throw new PaymentError("same-account");
  const fields = { payer: "/payerAccountId", payee: "", currency: "/payerAccountId" };
  return decidePayment(payer, payee, { amount: request.amount, fields });
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
  const named = [{ locked: payee, field: "" }, { locked: payer, field: "" }];
  decideTransfer({ payer: payee, payee: payer }, amount, { named });
}

/**
 * Checks whether a deposit into an account can be settled.
 *
 * @throws {PaymentError} "profile-deleted", "account-closed", "currency-mismatch", "balance-limit".
 */
export function decideDeposit(account: LockedAccount, settlement: LockedAccount, amount: Money): void {
  decideTransfer({ payer: settlement, payee: account }, amount, { named: [{ locked: account, field: "" }] });
}

function decideTransfer(
  { payer, payee }: Sides,
  amount: Money,
  { named, field = "/amount/currency" }: {
    readonly named: readonly NamedAccount[];
    readonly field?: string;
  },
): void {
  refuseUnusable(named);
  refuseCurrency([payer, payee], amount, field);
  const left = payer.account.balance - amount.units;
  if (isCustomer(payer) && left < 0n) throw new PaymentError("insufficient-funds");
  if (left < -MAX_BALANCE || payee.account.balance + amount.units > MAX_BALANCE) {
    throw new PaymentError("balance-limit");
  }
}

function isCustomer({ account }: LockedAccount): boolean {
  return account.kind === "customer";
}

function refuseMissing(named: readonly NamedAccount[]): void {
  refuse("unknown-account", named, {
    matches: ({ locked }) => locked === undefined,
    reason: "no such account",
  });
}

function refuseUnusable(named: readonly NamedAccount[]): void {
  refuse("profile-deleted", named, {
    matches: ({ locked }) => locked?.isActive === false,
    reason: "belongs to a deleted profile",
  });
  refuse("account-closed", named, {
    matches: ({ locked }) => (locked?.account.closedAt ?? null) !== null,
    reason: "is closed",
  });
}

function refuseCurrency(accounts: readonly LockedAccount[], { currency }: Money, field: string): void {
  if (accounts.every(({ account }) => account.currency === currency)) return;
  const reason = field === "/amount/currency"
    ? "must be the currency of both accounts"
    : "must be an account in the currency of the amount";
  throw new PaymentError("currency-mismatch", { fieldErrors: [{ field, reason }] });
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
