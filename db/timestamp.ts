/**
 * An instant as RFC 3339 text in UTC with up to six fraction digits, e.g. "2026-11-22T07:41:00.123456Z". Text,
 * because a JavaScript Date would cut PostgreSQL's microseconds off and pages would repeat or miss rows.
 */
export type Timestamp = string;

const PATTERN = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?Z$/;

/**
 * Microseconds since 1970 of an RFC 3339 timestamp in UTC.
 *
 * @throws {RangeError} when the text is none.
 */
export function microsecondsOf(timestamp: Timestamp): bigint {
  const [, seconds, fraction = ""] = PATTERN.exec(timestamp) ?? [];
  const milliseconds = seconds === undefined ? NaN : Date.parse(`${seconds}Z`);
  if (Number.isNaN(milliseconds)) throw new RangeError("Not a timestamp in UTC");
  return BigInt(milliseconds) * 1000n + BigInt(fraction.padEnd(6, "0"));
}

/** The timestamp of microseconds since 1970, spelled as PostgreSQL does: no zeros at the end of the fraction. */
export function timestampOf(microseconds: bigint): Timestamp {
  // Floor division, so that the fraction counts forward before 1970 too.
  const fraction = ((microseconds % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = (microseconds - fraction) / 1_000_000n;
  const text = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  const digits = fraction.toString().padStart(6, "0").replace(/0+$/, "");
  return digits === "" ? `${text}Z` : `${text}.${digits}Z`;
}

/**
 * A clock that tells microseconds: the wall clock's milliseconds, and a count within each, so that what is created
 * in one millisecond by one process keeps its order.
 */
export function microsecondClock(nowMs: () => number = Date.now): () => Timestamp {
  let lastMs = 0;
  let count = 0;
  return () => {
    const ms = nowMs();
    count = ms === lastMs ? Math.min(count + 1, 999) : 0;
    lastMs = ms;
    return timestampOf(BigInt(ms) * 1000n + BigInt(count));
  };
}
