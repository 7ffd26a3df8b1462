import type { NewEvent } from "@archway/service_kit/event_catalog.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";

/** By whom and why something happened, as far as it is known. */
export interface EventMetadata {
  readonly requestId?: string | undefined;
  /** The caller's subject. */
  readonly principal?: string | undefined;
  /** The span that it happened in (W3C Trace Context, section 3.2). */
  readonly traceparent?: string | undefined;
}

/** Something that has happened, in its newest form. */
export interface StoredEvent extends NewEvent {
  /** Its place among all events: later ones of a stream have greater ones. There are gaps. */
  readonly position: bigint;
  readonly stream: string;
  /** Its place within the stream: 1, 2, 3 … */
  readonly version: bigint;
  readonly metadata: EventMetadata;
  readonly recordedAt: Timestamp;
}

/** Events that are to be written to a stream. */
export interface StreamAppend {
  /** E.g. "order-01a2…", of 1 to 200 characters. */
  readonly stream: string;
  /** The version of its last event; 0: it has none. */
  readonly expectedVersion: bigint;
  readonly events: readonly NewEvent[];
}
