import type * as api from "@archway/api/webhookapi/server.gen.ts";
import type { DeliveryFault } from "../delivery/delivery.ts";
import type { Delivery, Webhook } from "./webhook.ts";

/** A webhook as clients see it: without what signs, and without whose it is. */
export function webhookToJson({ id, url, eventTypes, createdAt }: Webhook): api.Webhook {
  return { id, url, eventTypes: [...eventTypes], createdAt };
}

/** A delivery as clients see it; what is not known is left out. */
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

/** What a client is told went wrong. The table, the log and the metrics have which of the two it was. */
function faultToJson(fault: DeliveryFault): NonNullable<api.Delivery["lastError"]> {
  // Who could tell them apart would learn which names there are inside the network.
  return fault === "unknown-host" || fault === "forbidden-address" ? "no-public-address" : fault;
}
