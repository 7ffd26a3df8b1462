import type { Timestamp } from "@archway/db/timestamp.ts";
import type { DeliveryFault } from "../delivery/delivery.ts";
import { type FieldError, invalidError, type ResourceErrorCode } from "@archway/service_kit/domain_error.ts";

/** URL that receives the events that concern its owner. Immutable: another one takes its place. */
export interface Webhook {
  /** A UUIDv7. */
  readonly id: string;
  readonly url: string;
  /** Each once, in the order of the catalog. */
  readonly eventTypes: readonly string[];
  readonly version: bigint;
  readonly createdAt: Timestamp;
}

/** Errors about webhooks that a client can act on. */
export type WebhookErrorCode = ResourceErrorCode<"webhook"> | "delivery-not-found" | "too-many-webhooks";

/** Properties of a webhook that a client decides. */
export interface WebhookInput {
  readonly url: string;
  readonly eventTypes: readonly string[];
}

/** Maximum number of webhooks of one owner. */
export const MAX_WEBHOOKS = 20;

/**
 * Returns the event types of an input, each once, in the order of the catalog.
 *
 * @param known Types that the services of this program publish.
 * @throws {DomainError} "invalid-webhook" when there is none, or one is unknown.
 */
export function normalizeEventTypes(
  { eventTypes }: WebhookInput,
  known: readonly string[],
): readonly string[] {
  const fieldErrors: FieldError[] = [];
  if (eventTypes.length === 0) fieldErrors.push({ field: "/eventTypes", reason: "must name one at least" });
  eventTypes.forEach((type, index) => {
    if (!known.includes(type)) {
      fieldErrors.push({ field: `/eventTypes/${index}`, reason: `must be one of ${known.join(", ")}` });
    }
  });
  if (fieldErrors.length > 0) throw invalidError("webhook", fieldErrors);
  return known.filter((type) => eventTypes.includes(type));
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
