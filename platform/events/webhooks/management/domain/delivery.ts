import type { Timestamp } from "@archway/db/timestamp.ts";
import type { DeliveryFailure } from "../../delivery/delivery.ts";

/** Reason why a pending delivery waits. */
export type WaitReason =
  /** An attempt is in progress. */
  | "attempt"
  /** An earlier event of its stream is not settled yet. */
  | "earlier-event"
  /** The last attempt failed, and the time of the next one has not come. */
  | "backoff"
  /** The receiver asked for a pause. */
  | "throttled"
  /** It is due, and no worker has had capacity for it yet. */
  | "worker";

/** Delivery of an event to a webhook. */
export interface Delivery {
  /** A UUIDv7. */
  readonly id: string;
  /** Id of the message, by which receivers recognize a repetition. */
  readonly eventId: string;
  readonly eventType: string;
  readonly state: "pending" | "delivered" | "dead";
  readonly attempts: number;
  /** HTTP status of the last response; null if there was none. */
  readonly lastStatus: number | null;
  /** Reason why the last attempt failed; null if it did not. */
  readonly lastError: DeliveryFailure | null;
  readonly createdAt: Timestamp;
  readonly attemptedAt: Timestamp | null;
  readonly settledAt: Timestamp | null;
  /** Null while it is being attempted, waits for an earlier event of its stream, or is settled. */
  readonly nextAttemptAt: Timestamp | null;
  /** Null when it is settled. */
  readonly waitReason: WaitReason | null;
}
