import { messageId } from "./message_id.ts";
import type { JsonObject, OutgoingEvent } from "./outgoing_event.ts";

/** What an event is told as, wherever it goes: always the same for the same event. */
export interface Message {
  /** By which a receiver knows an event that it was told twice: see {@link messageId}. */
  readonly id: string;
  readonly type: string;
  /** JSON: `{ "type", "timestamp", "id", "data" }` (Standard Webhooks, "Payload structure"). */
  readonly body: string;
}

/** An event's type and data as outsiders are told them, whatever form they were kept in. */
export type ToWire = (event: OutgoingEvent) => JsonObject;

/** Writes an event as a message. */
export function messageOf(event: OutgoingEvent, toWire: ToWire = ({ data }) => data): Message {
  const { stream, version, type, recordedAt } = event;
  const payload = { type, timestamp: recordedAt, id: `${stream}@${version}`, data: toWire(event) };
  return { id: messageId(event), type, body: JSON.stringify(payload) };
}
