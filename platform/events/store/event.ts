import type { Timestamp } from "@archway/db/timestamp.ts";

/** A value that JSON can say. Whole numbers beyond 2^53 are texts. */
export type EventValue = null | boolean | number | string | readonly EventValue[] | EventData;

/** What an event tells, by name. */
export interface EventData {
  readonly [name: string]: EventValue | undefined;
}

/** By whom and why something happened, as far as it is known. */
export interface EventMetadata {
  readonly requestId?: string | undefined;
  /** The caller's subject. */
  readonly principal?: string | undefined;
  /** The span that it happened in (W3C Trace Context, section 3.2). */
  readonly traceparent?: string | undefined;
}

/** Something that has happened, before it is written. */
export interface NewEvent {
  /** In the past tense, e.g. "payment.settled". */
  readonly type: string;
  /** Which form its data has, from 1. */
  readonly schemaVersion: number;
  readonly data: EventData;
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
  /** E.g. "payment-01a2…", of 1 to 200 characters. */
  readonly stream: string;
  /** The version of its last event; 0: it has none. */
  readonly expectedVersion: bigint;
  readonly events: readonly NewEvent[];
}
