import type { Timestamp } from "@archway/db/timestamp.ts";
import { type FieldError, invalidError, type ResourceErrorCode } from "@archway/service_kit/domain_error.ts";
import type { DeliveryFailure } from "../../delivery/delivery.ts";

/** URL to which events that concern its owner are posted. To change the URL or the types, create a new one. */
export interface Webhook {
  /** A UUIDv7. */
  readonly id: string;
  readonly url: string;
  /** Distinct types, in the order of the catalog. */
  readonly eventTypes: readonly string[];
  /** 1, and one more with every change; determines the ETag. */
  readonly version: bigint;
  readonly createdAt: Timestamp;
  /** Time at which the receiver responded with 410 Gone; null while the webhook is enabled. */
  readonly disabledAt: Timestamp | null;
}

/** Errors about webhooks that a client can act on. */
export type WebhookErrorCode =
  | ResourceErrorCode<"webhook">
  | "delivery-not-found"
  | "too-many-webhooks"
  | "webhook-disabled"
  | "too-many-tests";

/** Result of a test event. */
export interface TestResult {
  /** Id of the message. */
  readonly eventId: string;
  /** HTTP status of the response; null if there was none. */
  readonly status: number | null;
  /** Reason why it failed; null if the receiver accepted it. */
  readonly failure: DeliveryFailure | null;
  readonly durationMs: number;
}

/** Properties of a webhook that a client decides. */
export interface WebhookInput {
  readonly url: string;
  readonly eventTypes: readonly string[];
}

/** Maximum number of webhooks of one owner. */
export const MAX_WEBHOOKS = 20;

/**
 * Returns the distinct event types of an input, in the order of the catalog.
 *
 * @param known Types that the services of this program publish.
 * @throws {DomainError} "invalid-webhook" if there is none, or one is unknown.
 */
export function normalizeEventTypes(
  { eventTypes }: WebhookInput,
  known: readonly string[],
): readonly string[] {
  const fieldErrors: FieldError[] = [];
  if (eventTypes.length === 0) fieldErrors.push({ field: "/eventTypes", reason: "must not be empty" });
  const reason = known.length === 0
    ? "unknown event type: no service of this program publishes events"
    : `unknown event type: expected one of ${known.join(", ")}`;
  eventTypes.forEach((type, index) => {
    if (!known.includes(type)) fieldErrors.push({ field: `/eventTypes/${index}`, reason });
  });
  if (fieldErrors.length > 0) throw invalidError("webhook", fieldErrors);
  return known.filter((type) => eventTypes.includes(type));
}
