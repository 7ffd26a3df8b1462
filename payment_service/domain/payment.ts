import type { Timestamp } from "@archway/db/timestamp.ts";
import type { Money } from "@archway/service_kit/money.ts";

/** How much of a payment was given back: nothing, a part, or all of it. */
export type PaymentStatus = "settled" | "partially-refunded" | "refunded";

/** Money that went from one account to another, in one step. */
export interface Payment {
  /** A UUID that the client has chosen, or a UUIDv7. */
  readonly id: string;
  readonly payerAccountId: string;
  readonly payeeAccountId: string;
  readonly amount: Money;
  /** Of the amount, in minor units. */
  readonly refunded: bigint;
  readonly description: string | null;
  /** Counts what has happened to it, from 1; the ETag is made of it. */
  readonly version: bigint;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
}

/** Properties of a payment that a client decides. */
export type PaymentInput = Pick<Payment, "payerAccountId" | "payeeAccountId" | "amount" | "description">;

/** Money that was given back, all of a payment or a part. */
export interface Refund {
  readonly paymentId: string;
  /** A UUID that the client has chosen; unique within the payment. */
  readonly id: string;
  readonly amount: Money;
  readonly description: string | null;
  readonly createdAt: Timestamp;
}

/** Properties of a refund that a client decides. */
export type RefundInput = Pick<Refund, "amount" | "description">;

/** Money that came from outside. */
export interface Deposit {
  /** A UUIDv7. */
  readonly id: string;
  readonly accountId: string;
  readonly amount: Money;
  /** What the account had after it, in minor units. */
  readonly balance: bigint;
  readonly createdAt: Timestamp;
}

/** How much of it was given back. */
export function paymentStatus({ amount, refunded }: Pick<Payment, "amount" | "refunded">): PaymentStatus {
  if (refunded === 0n) return "settled";
  return refunded === amount.units ? "refunded" : "partially-refunded";
}

/** Whether a payment was made of this input. */
export function isPaymentOf(payment: Payment, input: PaymentInput): boolean {
  return payment.payerAccountId === input.payerAccountId && payment.payeeAccountId === input.payeeAccountId &&
    isSame(payment, input);
}

/** Whether a refund was made of this input. */
export function isRefundOf(refund: Refund, input: RefundInput): boolean {
  return isSame(refund, input);
}

type Told = Pick<Payment, "amount" | "description">;

function isSame(one: Told, other: Told): boolean {
  return one.amount.units === other.amount.units && one.amount.currency === other.amount.currency &&
    one.description === other.description;
}
