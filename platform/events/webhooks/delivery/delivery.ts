import type { OutgoingEvent } from "../../outbox/outgoing_event.ts";
import type { TargetErrorCode } from "./target/target_error.ts";

/** Latency class of an endpoint, by the duration of its last attempt; "unknown" before the first one. */
export type LatencyClass = "unknown" | "quick" | "slow";

/** Ordering key (an endpoint and a stream) with the lease under which a worker holds it. */
export interface ClaimedKey {
  readonly endpointId: string;
  /** Owner of the endpoint, or the endpoint's id if it has no owner. */
  readonly tenant: string;
  readonly stream: string;
  /** Token that distinguishes this lease from later ones. */
  readonly lease: string;
}

/** Endpoint to which messages can be posted. */
export interface SignedEndpoint {
  readonly id: string;
  readonly url: string;
  /** Signing secrets, encrypted for the id: the current one, and replaced ones that have not expired. */
  readonly encryptedSecrets: readonly [Uint8Array, ...Uint8Array[]];
}

/** First pending delivery of an ordering key. */
export interface PendingDelivery {
  readonly id: string;
  /** Number of attempts since the last requested retry. */
  readonly attempts: number;
  readonly endpoint: SignedEndpoint;
  readonly event: OutgoingEvent;
}

/** Reason why an attempt failed. */
export type DeliveryFailure =
  | TargetErrorCode
  /** The response is a redirect, which is not followed. */
  | "redirect"
  /** The response status is not 2xx. */
  | "status"
  /** The response status is 410: the receiver wants no more events. */
  | "gone"
  /** The endpoint was disabled before the delivery could be attempted again. */
  | "disabled"
  /** The signing secret cannot be decrypted: the key that encrypted it is no longer configured. */
  | "unreadable-secret";

/** Failures after which the receiver has certainly not got the event. */
const UNSENT: ReadonlySet<DeliveryFailure> = new Set<DeliveryFailure>([
  ...["unusable-url", "unknown-host", "forbidden-address", "unreachable", "tls"] as const,
  ...["disabled", "unreadable-secret"] as const,
]);

/** Whether the receiver may have got the event, even if the attempt failed. */
export function mayHaveArrived({ failure }: Pick<AttemptResult, "failure">): boolean {
  return failure === undefined || !UNSENT.has(failure);
}

/** Result of an attempt. */
export interface AttemptResult {
  /** Undefined if the receiver accepted the event. */
  readonly failure: DeliveryFailure | undefined;
  /** HTTP status of the response; undefined if there was none. */
  readonly status: number | undefined;
  /** Pause of the endpoint that the receiver asked for, in milliseconds; undefined if it asked for none. */
  readonly retryAfterMs?: number | undefined;
}
