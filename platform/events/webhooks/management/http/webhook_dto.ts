import type * as api from "@archway/api/webhookapi/server.gen.ts";
import type { DeliveryFailure } from "../../delivery/delivery.ts";
import type { Delivery } from "../domain/delivery.ts";
import type { Webhook } from "../domain/webhook.ts";

/** A webhook as clients see it: without its secret and its owner. */
export function webhookToJson({ id, url, eventTypes, createdAt }: Webhook): api.Webhook {
  return { id, url, eventTypes: [...eventTypes], createdAt };
}

/** A delivery as clients see it, without members whose value is not known. */
export function deliveryToJson(delivery: Delivery): api.Delivery {
  const { id, eventId, eventType, state, attempts, createdAt } = delivery;
  const { lastStatus, lastError, attemptedAt, settledAt, nextAttemptAt } = delivery;
  return {
    ...{ id, eventId, eventType, state, attempts, createdAt },
    ...(lastStatus !== null && { lastStatus }),
    ...(lastError !== null && { lastError: faultToJson(lastError) }),
    ...(attemptedAt !== null && { attemptedAt }),
    ...(settledAt !== null && { settledAt }),
    ...(nextAttemptAt !== null && { nextAttemptAt }),
  };
}

/** Why an attempt failed, as clients see it. The table, the log and the metrics say which of the two reasons it was. */
function faultToJson(fault: DeliveryFailure): NonNullable<api.Delivery["lastError"]> {
  // A difference would reveal which names exist inside the network.
  return fault === "unknown-host" || fault === "forbidden-address" ? "no-public-address" : fault;
}
