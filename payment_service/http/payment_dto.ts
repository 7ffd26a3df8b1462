import type * as api from "@archway/api/paymentapi/server.gen.ts";
import type { StoredEvent } from "@archway/events/event_store.ts";
import type { Tagged } from "@archway/service_kit/list_endpoint.ts";
import type { Account, Entry } from "../domain/account.ts";
import { formatMoney, parseMoney } from "@archway/service_kit/money.ts";
import {
  type Deposit,
  type Payment,
  type PaymentInput,
  paymentStatus,
  type Refund,
  type RefundInput,
} from "../domain/payment.ts";
import { PaymentError } from "../domain/payment_error.ts";
import { outgoingPaymentData } from "../events/outgoing_data.ts";
import { readEvent } from "../events/payment_event_data.ts";

/** Returns the JSON form of an account. */
export function accountToJson(account: Account): api.Account {
  const { id, kind, profileId, currency, balance, createdAt, updatedAt, closedAt } = account;
  return {
    ...{ id, kind, profileId, currency },
    status: closedAt === null ? "open" : "closed",
    balance: formatMoney({ units: balance, currency }),
    createdAt,
    updatedAt,
    ...(closedAt !== null && { closedAt }),
  };
}

/** Returns the JSON form of a statement entry. */
export function entryToJson(entry: Entry): api.Entry {
  const { transferId, kind, amount, balance, currency, paymentId, refundId, createdAt } = entry;
  return {
    id: transferId,
    kind,
    amount: formatMoney({ units: amount, currency }),
    balance: formatMoney({ units: balance, currency }),
    ...(paymentId !== null && { paymentId }),
    ...(refundId !== null && { refundId }),
    createdAt,
  };
}

/** Returns the JSON form of a deposit. */
export function depositToJson({ id, accountId, amount, balance, createdAt }: Deposit): api.Deposit {
  return {
    id,
    accountId,
    amount: formatMoney(amount),
    balance: formatMoney({ units: balance, currency: amount.currency }),
    createdAt,
  };
}

/** Returns the JSON form of a payment. */
export function paymentToJson(payment: Payment): api.Payment {
  const { id, payerAccountId, payeeAccountId, amount, refunded, description, createdAt, updatedAt } = payment;
  return {
    ...{ id, payerAccountId, payeeAccountId, amount: formatMoney(amount), description },
    status: paymentStatus(payment),
    refunded: formatMoney({ units: refunded, currency: amount.currency }),
    createdAt,
    updatedAt,
  };
}

/** Returns the JSON form of a refund. */
export function refundToJson({ id, paymentId, amount, description, createdAt }: Refund): api.Refund {
  return { id, paymentId, amount: formatMoney(amount), description, createdAt };
}

/** Returns what the tag of a page of events depends on: an erasure removes the description of an event. */
export function eventTag({ stream, version, data }: StoredEvent): Tagged {
  const id = `${stream}@${version}`;
  return { id, state: `${id} ${data["description"] === null ? "without" : "with"} description` };
}

/**
 * Returns the JSON form of a payment event, without its metadata.
 *
 * @throws {Error} for an event of another stream.
 */
export function paymentEventToJson(stored: StoredEvent): api.PaymentEvent {
  const event = readEvent(stored);
  switch (event.type) {
    case "payment.settled":
    case "payment.refunded":
      return {
        id: `${stored.stream}@${stored.version}`,
        type: event.type,
        version: Number(stored.version),
        createdAt: stored.recordedAt,
        data: outgoingPaymentData(event),
      };
    case "account.opened":
    case "account.closed":
    case "deposit.settled":
    case "payment_request.created":
    case "payment_request.revised":
    case "payment_request.paid":
    case "payment_request.expired":
    case "payment_request.cancelled":
      throw new Error(`Unexpected event in the stream of a payment: ${event.type}`);
  }
}

const MAX_DESCRIPTION_CHARACTERS = 140;

/** Returns the input of a payment. @throws {DomainError} "unknown-currency", "invalid-amount", "invalid-description". */
export function paymentInput(body: api.NewPayment): PaymentInput {
  return {
    // UUIDs are case-insensitive.
    payerAccountId: body.payerAccountId.toLowerCase(),
    payeeAccountId: body.payeeAccountId.toLowerCase(),
    amount: parseMoney(body.amount, "/amount"),
    description: normalizeDescription(body.description),
  };
}

/** Returns the input of a refund. @throws {DomainError} "unknown-currency", "invalid-amount", "invalid-description". */
export function refundInput(body: api.NewRefund): RefundInput {
  return { amount: parseMoney(body.amount, "/amount"), description: normalizeDescription(body.description) };
}

/**
 * Normalizes a description, so that texts that look the same compare equal.
 *
 * @throws {DomainError} "invalid-description" if it is too long then: normalization form C can be longer.
 */
export function normalizeDescription(description: string | null | undefined): string | null {
  const normalized = description?.normalize("NFC") ?? null;
  if (normalized === null || [...normalized].length <= MAX_DESCRIPTION_CHARACTERS) return normalized;
  const reason = `must have at most ${MAX_DESCRIPTION_CHARACTERS} characters in Unicode normalization form C`;
  throw new PaymentError("invalid-description", { fieldErrors: [{ field: "/description", reason }] });
}
