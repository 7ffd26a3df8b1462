import { microsecondsOf } from "@archway/db/timestamp.ts";
import type { OutgoingEvent } from "./outgoing_event.ts";

/**
 * Returns the id of an event's message: `<stream>@<version>-<microseconds since 1970>`.
 *
 * It is derived from the event alone, so it is the same in every process and every copy of the database. The time keeps
 * two events apart that have the same stream and version: when a client chose the same id in two environments, or when
 * a standby was promoted before it had received the last events.
 *
 * The id is valid as the value of a header, and contains no "." (Standard Webhooks signs `id.timestamp.body`).
 */
export function messageId(
  { stream, version, recordedAt }: Pick<OutgoingEvent, "stream" | "version" | "recordedAt">,
): string {
  const name = encodeURIComponent(stream).replaceAll(".", "%2E");
  return `${name}@${version}-${microsecondsOf(recordedAt)}`;
}
