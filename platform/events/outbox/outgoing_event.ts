import type { JsonObject } from "@archway/service_kit/event_catalog.ts";

/** An event that has happened and is on its way out. */
export interface OutgoingEvent {
  /** Its place among all events. */
  readonly position: bigint;
  /** What it is about: the events of one stream leave in their order. */
  readonly stream: string;
  /** Its place in the stream, from 1. */
  readonly version: bigint;
  /** E.g. "order.placed". */
  readonly type: string;
  /** Which form its data was written in, and is still in: a `ToJson` makes of it what outsiders are told. */
  readonly schemaVersion: number;
  readonly data: JsonObject;
  /** What is known of the request that caused it. */
  readonly metadata: JsonObject;
  /** RFC 3339 in UTC with microseconds. */
  readonly recordedAt: string;
}

/** The columns of {@link EventRow}, of a table `events` that is called `e`. */
export const EVENT_COLUMNS =
  `e.position, e.stream, e.version, e.type, e.schema_version, e.data, e.metadata, e.recorded_at`;

/** A row of the table `events`. */
export interface EventRow {
  readonly position: bigint;
  readonly stream: string;
  readonly version: bigint;
  readonly type: string;
  readonly schema_version: number;
  readonly data: JsonObject;
  readonly metadata: JsonObject;
  readonly recorded_at: string;
}

/** The event a row holds. */
export function eventOfRow(row: EventRow): OutgoingEvent {
  const { position, stream, version, type, data, metadata } = row;
  return {
    position,
    stream,
    version,
    type,
    schemaVersion: row.schema_version,
    data,
    metadata,
    recordedAt: row.recorded_at,
  };
}

/** The `traceparent` of the request that caused an event, where there was one. */
export function causeOf({ metadata }: Pick<OutgoingEvent, "metadata">): string | undefined {
  const { traceparent } = metadata;
  return typeof traceparent === "string" ? traceparent : undefined;
}

/** The `traceparent` of every request that caused one of the events, each once. */
export function causesOf(events: readonly OutgoingEvent[]): readonly string[] {
  return [...new Set(events.flatMap((event) => causeOf(event) ?? []))];
}
