import type { Timestamp } from "@archway/db/timestamp.ts";

/**
 * Kind of an account. A customer's account belongs to a profile and never has a negative balance. The settlement account
 * of a currency is the counterpart of deposits: its negative balance equals the total of all customers.
 */
export type AccountKind = "customer" | "settlement";

/** Current state of an account. */
export interface Account {
  /** A UUIDv7. */
  readonly id: string;
  readonly kind: AccountKind;
  /** Null for a settlement account. */
  readonly profileId: string | null;
  readonly currency: string;
  /** Minor units. */
  readonly balance: bigint;
  /** Starts at 1 and grows with every change; the ETag is derived from it. */
  readonly version: bigint;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
  /** Null for an open account. */
  readonly closedAt: Timestamp | null;
}

/** Maximum absolute balance of an account, in minor units. */
export const MAX_BALANCE = 10n ** 18n;

/** Reason of a transfer. */
export type EntryKind = "deposit" | "payment" | "refund";

/** One side of a transfer: a credit (positive) or a debit (negative). The entries of a transfer sum to zero. */
export interface Entry {
  /** Id of the transfer, a UUIDv7. An account has at most one entry of a transfer. */
  readonly transferId: string;
  readonly accountId: string;
  readonly kind: EntryKind;
  /** Minor units; never 0. */
  readonly amount: bigint;
  /** Balance of the account after the entry. */
  readonly balance: bigint;
  readonly currency: string;
  /** Payment that was settled or refunded; null for a deposit. */
  readonly paymentId: string | null;
  /** Null unless the entry is of a refund. */
  readonly refundId: string | null;
  readonly createdAt: Timestamp;
}
