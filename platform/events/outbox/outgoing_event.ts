import type { Querier } from "@archway/db/db.ts";
import type { EventData, JsonObject } from "@archway/service_kit/event_catalog.ts";
import { hasEncrypted, type PersonalDataCipher } from "@archway/service_kit/personal_data.ts";

/** A stored event on its way to destinations. */
export interface OutgoingEvent {
  /** Position among all events. */
  readonly position: bigint;
  /** Stream of the event. Events of a stream are published in order. */
  readonly stream: string;
  /** Position within the stream, from 1. */
  readonly version: bigint;
  /** Type, such as "order.placed". */
  readonly type: string;
  /** Schema version in which the data was stored. `ToJson` converts it to what is published. */
  readonly schemaVersion: number;
  readonly data: EventData;
  /** Metadata of the request that caused it, as far as known. */
  readonly metadata: JsonObject;
  /** RFC 3339 in UTC with microseconds. */
  readonly recordedAt: string;
}

/** SELECT list of an {@link EventRow}; expects the table `events` under the alias `e`. */
export const EVENT_COLUMNS =
  `e.position, e.stream, e.version, e.type, e.schema_version, e.data, e.metadata, e.recorded_at`;

/** A row of the table `events`. */
export interface EventRow {
  readonly position: bigint;
  readonly stream: string;
  readonly version: bigint;
  readonly type: string;
  readonly schema_version: number;
  readonly data: EventData;
  readonly metadata: JsonObject;
  readonly recorded_at: string;
}

/** Converts a row to an event. */
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

/** Returns events with their encrypted fields decrypted; those whose key was destroyed are null. */
export async function decryptEvents<E extends { readonly data: EventData }>(
  db: Querier,
  events: readonly E[],
  cipher: PersonalDataCipher | undefined,
): Promise<readonly E[]> {
  if (cipher === undefined || !events.some(({ data }) => hasEncrypted(data))) return events;
  const decrypted = await cipher.decrypt(db, events.map(({ data }) => data));
  return events.map((event, index) => ({ ...event, data: decrypted[index] ?? event.data }));
}

/** Returns the `traceparent` of the request that caused an event, if known. */
export function causeOf({ metadata }: Pick<OutgoingEvent, "metadata">): string | undefined {
  const { traceparent } = metadata;
  return typeof traceparent === "string" ? traceparent : undefined;
}

/** Returns the distinct `traceparent` values of the requests that caused events. */
export function causesOf(events: readonly OutgoingEvent[]): readonly string[] {
  return [...new Set(events.flatMap((event) => causeOf(event) ?? []))];
}
