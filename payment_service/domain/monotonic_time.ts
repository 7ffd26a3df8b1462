import { microsecondsOf, type Timestamp, timestampOf } from "@archway/db/timestamp.ts";

/**
 * Returns the current time, or the first microsecond after all earlier times if the clock was set back, so that the
 * entries of an account are ordered by time.
 */
export function monotonicTime(now: Timestamp, earlier: readonly Timestamp[]): Timestamp {
  const moments = earlier.map((time) => microsecondsOf(time) + 1n);
  return timestampOf(moments.reduce((latest, time) => time > latest ? time : latest, microsecondsOf(now)));
}
