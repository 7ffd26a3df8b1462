import type * as api from "@archway/api/webhookapi/server.gen.ts";
import type { DeliveryFailure } from "../../delivery/delivery.ts";
import type { Delivery } from "../domain/delivery.ts";
import type { TestResult, Webhook } from "../domain/webhook.ts";

/** Converts a webhook to JSON, without its secret and its owner. */
export function webhookToJson({ id, url, eventTypes, createdAt, disabledAt }: Webhook): api.Webhook {
  return { id, url, eventTypes: [...eventTypes], createdAt, ...(disabledAt !== null && { disabledAt }) };
}

/** Converts a delivery to JSON, without members that have no value. */
export function deliveryToJson(delivery: Delivery): api.Delivery {
  const { id, eventId, eventType, state, attempts, createdAt } = delivery;
  const { lastStatus, lastError, attemptedAt, settledAt, nextAttemptAt, waitReason } = delivery;
  return {
    ...{ id, eventId, eventType, state, attempts, createdAt },
    ...(lastStatus !== null && { lastStatus }),
    ...(lastError !== null && { lastError: failureToJson(lastError) }),
    ...(attemptedAt !== null && { attemptedAt }),
    ...(settledAt !== null && { settledAt }),
    ...(nextAttemptAt !== null && { nextAttemptAt }),
    ...(waitReason !== null && { waitReason }),
  };
}

/** Converts the result of a test to JSON, without members that have no value. */
export function testResultToJson({ eventId, status, failure, durationMs }: TestResult): api.WebhookTest {
  return {
    ...{ eventId, delivered: failure === null, durationMs },
    ...(status !== null && { status }),
    ...(failure !== null && { error: failureToJson(failure) }),
  };
}

/** Converts a failure to JSON. Only the table, the log and the metrics distinguish unknown hosts from private ones. */
function failureToJson(failure: DeliveryFailure): NonNullable<api.Delivery["lastError"]> {
  // Different values would reveal names of the internal network.
  return failure === "unknown-host" || failure === "forbidden-address" ? "no-public-address" : failure;
}
