import type { Timestamp } from "@archway/db/timestamp.ts";

/**
 * A customer's account belongs to a profile and is never below zero. A settlement account is where money comes from and
 * goes to that is not kept here, one for each currency: what it owes is what all customers have.
 */
export type AccountKind = "customer" | "settlement";

/** An account, as it is after everything that has happened to it. */
export interface Account {
  /** A UUIDv7. */
  readonly id: string;
  readonly kind: AccountKind;
  /** Null: it is a settlement account. */
  readonly profileId: string | null;
  readonly currency: string;
  /** In minor units. */
  readonly balance: bigint;
  /** Counts what has happened to it, from 1; the ETag is made of it. */
  readonly version: bigint;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
  /** Null: it is open. */
  readonly closedAt: Timestamp | null;
}

/** Maximum that an account can have or, for a settlement account, owe, in minor units. */
export const MAX_BALANCE = 10n ** 18n;

/** Why money was moved. */
export type EntryKind = "deposit" | "payment" | "refund";

/** One side of a movement: what an account got (more than 0) or gave (less than 0). All sides together are 0. */
export interface Entry {
  /** The movement's id, a UUIDv7; an account has one entry of a movement at the most. */
  readonly transferId: string;
  readonly accountId: string;
  readonly kind: EntryKind;
  /** In minor units; never 0. */
  readonly amount: bigint;
  /** What the account had after it. */
  readonly balance: bigint;
  readonly currency: string;
  /** The payment that was made or refunded; null: it was a deposit. */
  readonly paymentId: string | null;
  /** Null: it was no refund. */
  readonly refundId: string | null;
  readonly createdAt: Timestamp;
}
