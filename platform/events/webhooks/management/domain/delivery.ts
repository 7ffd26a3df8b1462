import type { Timestamp } from "@archway/db/timestamp.ts";
import type { DeliveryFailure } from "../../delivery/delivery.ts";

/** Delivery of an event to a webhook, as its owner sees it. */
export interface Delivery {
  /** A UUIDv7. */
  readonly id: string;
  /** Id of the message, by which receivers recognize a repetition. */
  readonly eventId: string;
  readonly eventType: string;
  readonly state: "pending" | "delivered" | "dead";
  readonly attempts: number;
  /** HTTP status of the last response; null: there was none. */
  readonly lastStatus: number | null;
  /** Why the last attempt failed; null: it did not. */
  readonly lastError: DeliveryFailure | null;
  readonly createdAt: Timestamp;
  readonly attemptedAt: Timestamp | null;
  readonly settledAt: Timestamp | null;
  /** Null: it is being attempted, waits for an earlier event of its stream, or is settled. */
  readonly nextAttemptAt: Timestamp | null;
}
