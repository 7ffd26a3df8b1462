import { microsecondsOf, type Timestamp, timestampOf } from "@archway/db/timestamp.ts";

/**
 * Returns the current time, or a later one if the clock was set back. It is at least one microsecond after all earlier
 * times, so that the entries of an account are ordered by time.
 */
export function monotonicTime(now: Timestamp, earlier: readonly Timestamp[]): Timestamp {
  const moments = earlier.map((time) => microsecondsOf(time) + 1n);
  return timestampOf(moments.reduce((latest, time) => time > latest ? time : latest, microsecondsOf(now)));
}
