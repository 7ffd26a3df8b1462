import type { Timestamp } from "@archway/db/timestamp.ts";
import type { DeliveryFault } from "@archway/events/webhooks/delivery/delivery.ts";
import type { PaymentEvent } from "../events/payment_event.ts";
import { isPaymentEventType, PAYMENT_UPCASTERS } from "../events/payment_event_data.ts";
import { WebhookError, type WebhookFault } from "./webhook_error.ts";

/** A type of event that a webhook can be told of: any. */
export type WebhookEventType = PaymentEvent["type"];

/** The types of events that a webhook can be told of. */
export const WEBHOOK_EVENT_TYPES: readonly WebhookEventType[] = Object.keys(PAYMENT_UPCASTERS)
  .filter(isPaymentEventType);

/** Where an owner of profiles is told of events that concern them. It does not change; another one takes its place. */
export interface Webhook {
  /** A UUIDv7. */
  readonly id: string;
  readonly url: string;
  /** Each once, in the order of {@link WEBHOOK_EVENT_TYPES}. */
  readonly eventTypes: readonly WebhookEventType[];
  readonly version: bigint;
  readonly createdAt: Timestamp;
}

/** What a client decides about a webhook. */
export interface WebhookDraft {
  readonly url: string;
  readonly eventTypes: readonly string[];
}

/** How many webhooks one owner can have. */
export const MAX_WEBHOOKS = 20;

/**
 * The event types of a draft, each once.
 *
 * @throws {WebhookError} "invalid" when there is none, or one is not known.
 */
export function normalizeEventTypes({ eventTypes }: WebhookDraft): readonly WebhookEventType[] {
  const faults: WebhookFault[] = [];
  const known: readonly string[] = WEBHOOK_EVENT_TYPES;
  if (eventTypes.length === 0) faults.push({ field: "/eventTypes", reason: "must name one at least" });
  eventTypes.forEach((type, index) => {
    if (!known.includes(type)) {
      faults.push({ field: `/eventTypes/${index}`, reason: `must be one of ${known.join(", ")}` });
    }
  });
  if (faults.length > 0) throw new WebhookError("invalid", { faults });
  return WEBHOOK_EVENT_TYPES.filter((type) => eventTypes.includes(type));
}

/** An event on its way to a webhook, or there, or not. */
export interface Delivery {
  /** A UUIDv7. */
  readonly id: string;
  /** The message's id, which receivers know it by. */
  readonly eventId: string;
  readonly eventType: string;
  readonly state: "pending" | "delivered" | "dead";
  readonly attempts: number;
  /** Of the last answer; null: there was none. */
  readonly lastStatus: number | null;
  /** What went wrong last; null: nothing. */
  readonly lastError: DeliveryFault | null;
  readonly createdAt: Timestamp;
  readonly attemptedAt: Timestamp | null;
  readonly settledAt: Timestamp | null;
  /** Null: it is being attempted, waits for an earlier event of its stream, or is done. */
  readonly nextAttemptAt: Timestamp | null;
}
