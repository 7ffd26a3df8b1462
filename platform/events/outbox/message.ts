import type { JsonObject } from "@archway/service_kit/event_catalog.ts";
import { messageId } from "./message_id.ts";
import type { OutgoingEvent } from "./outgoing_event.ts";

/** What an event is told as, wherever it goes: always the same for the same event. */
export interface Message {
  /** By which a receiver knows an event that it was told twice: see {@link messageId}. */
  readonly id: string;
  readonly type: string;
  /** JSON: `{ "type", "timestamp", "id", "data" }` (Standard Webhooks, "Payload structure"). */
  readonly body: string;
}

/**
 * The data of an event as outsiders are told it, whatever form it was kept in. Throws where this program does not know the
 * event, as when a newer one has written it: it is then left for one that does.
 */
export type ToJson = (event: OutgoingEvent) => JsonObject;

/** Writes an event as a message. Throws what `toJson` does. */
export function messageOf(event: OutgoingEvent, toJson: ToJson): Message {
  const { stream, version, type, recordedAt } = event;
  const payload = { type, timestamp: recordedAt, id: `${stream}@${version}`, data: toJson(event) };
  return { id: messageId(event), type, body: JSON.stringify(payload) };
}
