import { microsecondsOf } from "@archway/db/timestamp.ts";
import type { OutgoingEvent } from "./outgoing_event.ts";

/**
 * By which a receiver knows an event that it was told twice: `<stream>@<version>-<microseconds since 1970>`. It is made of
 * the event alone, so that it is the same in every process and in every copy of the database, and no other event has it,
 * of this database or of another one. The time is in it for two that come to one place of one stream: where a client
 * chose the id in two environments, and where a standby is promoted that did not have the last events yet.
 *
 * It can be a header's value, and has no "." (Standard Webhooks signs `id.timestamp.body`), whatever a stream is called.
 */
export function messageId(
  { stream, version, recordedAt }: Pick<OutgoingEvent, "stream" | "version" | "recordedAt">,
): string {
  const name = encodeURIComponent(stream).replaceAll(".", "%2E");
  return `${name}@${version}-${microsecondsOf(recordedAt)}`;
}
