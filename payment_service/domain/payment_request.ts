import { microsecondsOf, type Timestamp } from "@archway/db/timestamp.ts";
import type { Money } from "@archway/service_kit/money.ts";
import { PaymentError } from "./payment_error.ts";

/** State of a payment request. All but "created" are final. */
export type PaymentRequestStatus = "created" | "paid" | "expired" | "cancelled";

/** Terms of a payment request. Payee and reference never change. */
export interface PaymentRequestTerms {
  readonly payeeAccountId: string;
  /** Account that is asked to pay; null if any account may pay. */
  readonly payerAccountId: string | null;
  /** Reference of the payee in other systems, such as the number of an invoice; unique among requests of its owner. */
  readonly reference: string | null;
  readonly amount: Money;
  readonly description: string | null;
  /** Time from which it cannot be paid or changed. */
  readonly expiresAt: Timestamp;
}

/** A request of a payee to be paid. */
export interface PaymentRequest extends PaymentRequestTerms {
  /** UUID that the client chose, or a UUIDv7. */
  readonly id: string;
  readonly status: PaymentRequestStatus;
  /** Payment that fulfilled it; null unless it is paid. */
  readonly paymentId: string | null;
  /** Number of its latest revision, from 1. */
  readonly version: bigint;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
}

/** Longest time between now and the expiry of a request, in microseconds. */
const MAX_LIFETIME = 366n * 86_400_000_000n;

/**
 * Difference between the version of a request whose expiry is not recorded yet and its last revision. It is beyond all
 * revisions: the next one may be a payment that was decided before the expiry.
 */
const UNRECORDED = 10n ** 12n;

/** Returns a request as it is at a time: expired from its expiry on, whether or not that is recorded. */
export function requestAt(request: PaymentRequest, now: Timestamp): PaymentRequest {
  if (request.status !== "created" || microsecondsOf(now) < microsecondsOf(request.expiresAt)) return request;
  const { version, expiresAt: updatedAt } = request;
  return { ...request, status: "expired", version: version + UNRECORDED, updatedAt };
}

/** @throws {PaymentError} "payment-request-paid", "payment-request-expired", "payment-request-cancelled". */
export function checkOpen({ status }: Pick<PaymentRequest, "status">): void {
  if (status !== "created") throw new PaymentError(`payment-request-${status}`);
}

/** @throws {PaymentError} "invalid-expiry" if the time is not later than now, or too late. */
export function checkExpiry(expiresAt: Timestamp, now: Timestamp): void {
  const left = microsecondsOf(expiresAt) - microsecondsOf(now);
  if (left > 0n && left <= MAX_LIFETIME) return;
  const reason = left > 0n ? "must be at most 366 days from now" : "must be later than now";
  throw new PaymentError("invalid-expiry", { fieldErrors: [{ field: "/expiresAt", reason }] });
}

/** @throws {PaymentError} "immutable-property" for terms with another payee or reference. */
export function checkRevision(request: PaymentRequestTerms, terms: PaymentRequestTerms): void {
  const fieldErrors = (["payeeAccountId", "reference"] as const)
    .filter((property) => request[property] !== terms[property])
    .map((property) => ({ field: `/${property}`, reason: "cannot be changed" }));
  if (fieldErrors.length > 0) throw new PaymentError("immutable-property", { fieldErrors });
}

/** Returns whether a request has these terms. */
export function hasTerms(request: PaymentRequestTerms, terms: PaymentRequestTerms): boolean {
  const { amount } = terms;
  return request.payeeAccountId === terms.payeeAccountId && request.payerAccountId === terms.payerAccountId &&
    request.reference === terms.reference && request.description === terms.description &&
    request.amount.units === amount.units && request.amount.currency === amount.currency &&
    microsecondsOf(request.expiresAt) === microsecondsOf(terms.expiresAt);
}
