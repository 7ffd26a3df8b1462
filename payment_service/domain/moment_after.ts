import { microsecondsOf, type Timestamp, timestampOf } from "@archway/db/timestamp.ts";

/**
 * The time now, or, where a clock was set back, the first microsecond after everything that has happened: what happens to
 * an account happens one after the other, and the order of its statement is the order of time.
 */
export function momentAfter(now: Timestamp, earlier: readonly Timestamp[]): Timestamp {
  const moments = earlier.map((time) => microsecondsOf(time) + 1n);
  return timestampOf(moments.reduce((latest, time) => time > latest ? time : latest, microsecondsOf(now)));
}
