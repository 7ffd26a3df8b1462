import type * as api from "@archway/api/paymentapi/server.gen.ts";
import type { StoredEvent } from "@archway/events/event_store.ts";
import { DomainError } from "@archway/service_kit/domain_error.ts";
import { formatMoney, parseMoney } from "@archway/service_kit/money.ts";
import { PaymentError } from "../domain/payment_error.ts";
import type {
  ItemRefusal,
  NewBatchItem,
  PaymentRequestBatch,
  PaymentRequestBatchItem,
} from "../domain/payment_request_batch.ts";
import type { PaymentRequest, PaymentRequestTerms } from "../domain/payment_request.ts";
import { readEvent } from "../events/payment_event_data.ts";
import { STATUS_AFTER } from "../projection/projection.ts";
import { normalizeDescription } from "./payment_dto.ts";
import { paymentProblems } from "./payment_problems.ts";
import { parseInstant } from "./period.ts";

/**
 * Returns the terms of a payment request.
 *
 * @throws {DomainError} "unknown-currency", "invalid-amount", "invalid-description", "invalid-expiry".
 */
export function requestTerms(body: api.NewPaymentRequest): PaymentRequestTerms {
  const expiresAt = parseInstant(body.expiresAt);
  if (expiresAt === undefined) {
    const reason = "must be an RFC 3339 date-time, such as 2026-11-25T10:00:00Z";
    throw new PaymentError("invalid-expiry", { fieldErrors: [{ field: "/expiresAt", reason }] });
  }
  return {
    // UUIDs are case-insensitive.
    payeeAccountId: body.payeeAccountId.toLowerCase(),
    payerAccountId: body.payerAccountId?.toLowerCase() ?? null,
    reference: body.reference ?? null,
    amount: parseMoney(body.amount, "/amount"),
    description: normalizeDescription(body.description),
    expiresAt,
  };
}

/** Returns the JSON form of a payment request. */
export function requestToJson(request: PaymentRequest): api.PaymentRequest {
  const { id, payeeAccountId, payerAccountId, reference, amount, description, status, paymentId } = request;
  const { expiresAt, createdAt, updatedAt } = request;
  return {
    ...{ id, payeeAccountId, payerAccountId, reference, amount: formatMoney(amount), description, status },
    ...(paymentId !== null && { paymentId }),
    ...{ expiresAt, createdAt, updatedAt },
  };
}

/**
 * Returns the JSON form of a revision, without the metadata of its event.
 *
 * @throws {Error} for an event of another stream.
 */
export function revisionToJson(stored: StoredEvent): api.PaymentRequestRevision {
  const event = readEvent(stored);
  if (!("requestId" in event)) throw new Error(`Unexpected event in the stream of a request: ${event.type}`);
  const { type, payerAccountId, amount, description, expiresAt, paymentId } = event;
  return {
    revision: Number(stored.version),
    status: STATUS_AFTER[type],
    ...{ payerAccountId, amount: formatMoney(amount), description, expiresAt },
    ...(paymentId !== null && { paymentId }),
    createdAt: stored.recordedAt,
  };
}

/** Returns the item of a batch for a member of the body: its terms, or why they are invalid. */
export function batchItem(item: api.NewPaymentRequestBatchItem, newId: () => string): NewBatchItem {
  const requestId = item.id?.toLowerCase() ?? newId();
  try {
    return { requestId, terms: requestTerms(item) };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { requestId, refusal: { code: error.code, fieldErrors: error.fieldErrors } };
  }
}

/** Returns the JSON form of a batch. */
export function batchToJson(batch: PaymentRequestBatch): api.PaymentRequestBatch {
  const { id, total, created, failed, createdAt, expiresAt } = batch;
  return {
    id,
    status: created + failed === total ? "completed" : "processing",
    total: Number(total),
    created: Number(created),
    failed: Number(failed),
    createdAt,
    expiresAt,
  };
}

/** Returns the JSON form of an item of a batch. */
export function batchItemToJson(
  { place, requestId, status, refusal }: PaymentRequestBatchItem,
): api.PaymentRequestBatchItem {
  const index = Number(place) - 1;
  return {
    index,
    status,
    ...(refusal === null ? { paymentRequestId: requestId } : { problem: itemProblem(refusal, index) }),
  };
}

/** Returns the problem of an item, whose pointers refer to the body of the batch. */
function itemProblem({ code, fieldErrors }: ItemRefusal, index: number): api.ItemProblem {
  const type = paymentProblems.problemTypes.find(({ slug }) => slug === code);
  const invalidParams = fieldErrors.map(({ field, reason }) => ({
    name: field.split("/").at(-1) ?? "",
    in: "body" as const,
    pointer: `/requests/${index}${field}`,
    reason,
  }));
  return {
    type: type === undefined ? "about:blank" : `/problems/${code}`,
    title: type?.title ?? "Refused",
    status: type?.status ?? 422,
    ...(type !== undefined && { detail: type.detail }),
    ...(invalidParams.length > 0 && { invalidParams }),
  };
}
