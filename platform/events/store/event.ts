import type { NewEvent } from "@archway/service_kit/event_catalog.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";

/** Metadata of the request that caused an event, as far as known. */
export interface EventMetadata {
  readonly requestId?: string | undefined;
  /** Subject of the caller. */
  readonly principal?: string | undefined;
  /** Span of the request (W3C Trace Context, section 3.2). */
  readonly traceparent?: string | undefined;
}

/** A stored event, in its newest schema version. */
export interface StoredEvent extends NewEvent {
  /** Position among all events, ascending within a stream, with gaps. */
  readonly position: bigint;
  readonly stream: string;
  /** Version of the stream after the event: 1, 2, 3 … */
  readonly version: bigint;
  readonly metadata: EventMetadata;
  readonly recordedAt: Timestamp;
}

/** Events to append to a stream. */
export interface StreamAppend {
  /** Name of the stream, such as "order-01a2…", 1 to 200 characters. */
  readonly stream: string;
  /** Version of the stream's last event; 0 for a new stream. */
  readonly expectedVersion: bigint;
  readonly events: readonly NewEvent[];
}
