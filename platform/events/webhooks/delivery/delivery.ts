import type { OutgoingEvent } from "../../outbox/outgoing_event.ts";
import type { TargetFault } from "./target/target_error.ts";

/** How quickly the last attempt at an endpoint came to its end, whatever that was; "unknown": none has yet. */
export type Pace = "unknown" | "quick" | "slow";

/** A stream on its way to an endpoint, as somebody holds it. */
export interface Lane {
  readonly endpointId: string;
  /** Who the endpoint belongs to; where nobody is known to, the endpoint itself. */
  readonly holder: string;
  readonly stream: string;
  /** What tells this holder from the next one. */
  readonly lease: string;
}

/** The first delivery of a lane that is still to be made. */
export interface PendingDelivery {
  readonly id: string;
  /** How many attempts there were, since it was asked for last. */
  readonly attempts: number;
  readonly url: string;
  readonly sealedSecret: Uint8Array;
  readonly event: OutgoingEvent;
}

/** Why an attempt did not succeed. */
export type DeliveryFault =
  | TargetFault
  /** It leads elsewhere, and is not followed. */
  | "redirect"
  /** The answer's status is not one of success. */
  | "status"
  /** The secret that signs cannot be read: the one that it was sealed with is gone. */
  | "unreadable-secret";

/** How an attempt ended. */
export interface AttemptResult {
  /** Undefined: the receiver took it. */
  readonly fault: DeliveryFault | undefined;
  /** Of the answer; undefined: there was none. */
  readonly status: number | undefined;
}
