import { microsecondsOf, type Timestamp, timestampOf } from "@archway/db/timestamp.ts";
import type { FieldError } from "@archway/service_kit/domain_error.ts";
import type { PaymentRequestTerms } from "./payment_request.ts";

/** Payment requests that a client creates together, and the progress of that. */
export interface PaymentRequestBatch {
  /** A UUIDv7. */
  readonly id: string;
  /** Number of items. */
  readonly total: bigint;
  /** Number of items whose request exists. */
  readonly created: bigint;
  /** Number of items that were refused. */
  readonly failed: bigint;
  readonly createdAt: Timestamp;
  /** Time from which the batch is gone; its requests remain. */
  readonly expiresAt: Timestamp;
}

/** Reason why an item was refused. */
export interface ItemRefusal {
  /** Code of the error. */
  readonly code: string;
  readonly fieldErrors: readonly FieldError[];
}

/** Item of a new batch: the terms of a request, or why they are invalid. */
export type NewBatchItem =
  & { readonly requestId: string }
  & ({ readonly terms: PaymentRequestTerms } | { readonly refusal: ItemRefusal });

/** Item that waits to be processed. */
export interface PendingItem {
  /** Place in the batch, from 1. */
  readonly place: bigint;
  readonly requestId: string;
  readonly terms: PaymentRequestTerms;
}

/** Item of a batch. */
export interface PaymentRequestBatchItem {
  /** Place in the batch, from 1. */
  readonly place: bigint;
  readonly requestId: string;
  readonly status: "pending" | "created" | "failed";
  /** Null unless it failed. */
  readonly refusal: ItemRefusal | null;
}

const RETENTION = 7n * 86_400_000_000n;

/** Returns the time from which a batch is gone, a week after its creation. */
export function batchExpiry(createdAt: Timestamp): Timestamp {
  return timestampOf(microsecondsOf(createdAt) + RETENTION);
}
