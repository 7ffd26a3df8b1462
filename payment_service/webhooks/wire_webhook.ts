import type * as api from "../../api/paymentapi/server.gen.ts";
import type { Delivery, Webhook } from "./webhook.ts";

/** A webhook as clients see it: without what signs, and without whose it is. */
export function wireWebhook({ id, url, eventTypes, createdAt }: Webhook): api.Webhook {
  return { id, url, eventTypes: [...eventTypes], createdAt };
}

/** A delivery as clients see it; what is not known is left out. */
export function wireDelivery(delivery: Delivery): api.Delivery {
  const { id, eventId, eventType, state, attempts, createdAt } = delivery;
  const { lastStatus, lastError, attemptedAt, settledAt, nextAttemptAt } = delivery;
  return {
    ...{ id, eventId, eventType, state, attempts, createdAt },
    ...(lastStatus !== null && { lastStatus }),
    ...(lastError !== null && { lastError }),
    ...(attemptedAt !== null && { attemptedAt }),
    ...(settledAt !== null && { settledAt }),
    ...(nextAttemptAt !== null && { nextAttemptAt }),
  };
}
