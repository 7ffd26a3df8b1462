import type { DeliveryFault } from "../../webhooks/delivery.ts";
import type { Delivery, Webhook, WebhookEventType } from "./webhook.ts";

/** A webhook as clients see it. */
export interface WireWebhook {
  id: string;
  url: string;
  eventTypes: WebhookEventType[];
  createdAt: string;
}

/** A webhook that was created just now, with what signs. */
export interface WireCreatedWebhook extends WireWebhook {
  secret: string;
}

/** A delivery as clients see it. */
export interface WireDelivery {
  id: string;
  eventId: string;
  eventType: string;
  state: Delivery["state"];
  attempts: number;
  lastStatus?: number;
  lastError?: DeliveryFault;
  createdAt: string;
  attemptedAt?: string;
  settledAt?: string;
  nextAttemptAt?: string;
}

/** A webhook as clients see it: without what signs, and without whose it is. */
export function wireWebhook({ id, url, eventTypes, createdAt }: Webhook): WireWebhook {
  return { id, url, eventTypes: [...eventTypes], createdAt };
}

/** A delivery as clients see it; what is not known is left out. */
export function wireDelivery(delivery: Delivery): WireDelivery {
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
