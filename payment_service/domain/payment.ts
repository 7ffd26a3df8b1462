import type { Timestamp } from "@archway/db/timestamp.ts";
import type { Money } from "@archway/service_kit/money.ts";

/** Refund status of a payment. */
export type PaymentStatus = "settled" | "partially-refunded" | "refunded";

/** A settled payment from one account to another. */
export interface Payment {
  /** UUID that the client chose, or a UUIDv7. */
  readonly id: string;
  readonly payerAccountId: string;
  readonly payeeAccountId: string;
  readonly amount: Money;
  /** Refunded part of the amount, in minor units. */
  readonly refunded: bigint;
  readonly description: string | null;
  /** Starts at 1 and grows with every refund. */
  readonly version: bigint;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
}

/** Properties of a payment that clients write. */
export type PaymentInput = Pick<Payment, "payerAccountId" | "payeeAccountId" | "amount" | "description">;

/** Full or partial refund of a payment. */
export interface Refund {
  readonly paymentId: string;
  /** UUID that the client chose; unique within the payment. */
  readonly id: string;
  readonly amount: Money;
  readonly description: string | null;
  readonly createdAt: Timestamp;
}

/** Properties of a refund that clients write. */
export type RefundInput = Pick<Refund, "amount" | "description">;

/** A settled deposit from outside the system. */
export interface Deposit {
  /** A UUIDv7. */
  readonly id: string;
  readonly accountId: string;
  readonly amount: Money;
  /** Balance of the account after the deposit, in minor units. */
  readonly balance: bigint;
  readonly createdAt: Timestamp;
}

/** Returns the refund status of a payment. */
export function paymentStatus({ amount, refunded }: Pick<Payment, "amount" | "refunded">): PaymentStatus {
  if (refunded === 0n) return "settled";
  return refunded === amount.units ? "refunded" : "partially-refunded";
}

/** Returns whether a payment was created with this input. */
export function isPaymentOf(payment: Payment, input: PaymentInput): boolean {
  return payment.payerAccountId === input.payerAccountId && payment.payeeAccountId === input.payeeAccountId &&
    isSame(payment, input);
}

/** Returns whether a refund was created with this input. */
export function isRefundOf(refund: Refund, input: RefundInput): boolean {
  return isSame(refund, input);
}

type Comparable = Pick<Payment, "amount" | "description">;

function isSame(one: Comparable, other: Comparable): boolean {
  return one.amount.units === other.amount.units && one.amount.currency === other.amount.currency &&
    one.description === other.description;
}
