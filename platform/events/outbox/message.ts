import type { JsonObject } from "@archway/service_kit/event_catalog.ts";
import { messageId } from "./message_id.ts";
import type { OutgoingEvent } from "./outgoing_event.ts";

/** Message of an event, the same for every destination and at every repetition. */
export interface Message {
  /** Id by which receivers recognize a repetition: see {@link messageId}. */
  readonly id: string;
  readonly type: string;
  /** JSON: `{ "type", "timestamp", "id", "data" }` (Standard Webhooks, "Payload structure"). */
  readonly body: string;
}

/**
 * Returns the published data of an event, whichever schema version it was stored in. Throws for an event that this
 * program does not know, such as one of a newer release: it stays queued for a program that does.
 */
export type ToJson = (event: OutgoingEvent) => JsonObject;

/** Returns the message of an event. Throws what `toJson` does. */
export function messageOf(event: OutgoingEvent, toJson: ToJson): Message {
  const { stream, version, type, recordedAt } = event;
  const payload = { type, timestamp: recordedAt, id: `${stream}@${version}`, data: toJson(event) };
  return { id: messageId(event), type, body: JSON.stringify(payload) };
}
