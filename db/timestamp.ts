/**
 * RFC 3339 timestamp in UTC with up to six fraction digits, e.g. "2026-11-22T07:41:00.123456Z". A string, because a
 * JavaScript Date would truncate PostgreSQL's microseconds and pages would repeat or miss rows.
 */
export type Timestamp = string;

const PATTERN = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?Z$/;

/**
 * Returns the microseconds since 1970 of an RFC 3339 timestamp in UTC.
 *
 * @throws {RangeError} when the text is not such a timestamp.
 */
export function microsecondsOf(timestamp: Timestamp): bigint {
  const [, seconds, fraction = ""] = PATTERN.exec(timestamp) ?? [];
  const milliseconds = seconds === undefined ? NaN : Date.parse(`${seconds}Z`);
  if (Number.isNaN(milliseconds)) throw new RangeError("Not a timestamp in UTC");
  return BigInt(milliseconds) * 1000n + BigInt(fraction.padEnd(6, "0"));
}

/** Returns the timestamp of microseconds since 1970. Like PostgreSQL, it has no trailing zeros. */
export function timestampOf(microseconds: bigint): Timestamp {
  // Floor division, so that the fraction is also positive before 1970.
  const fraction = ((microseconds % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = (microseconds - fraction) / 1_000_000n;
  const text = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  const digits = fraction.toString().padStart(6, "0").replace(/0+$/, "");
  return digits === "" ? `${text}Z` : `${text}.${digits}Z`;
}

/**
 * Returns a clock with microseconds. They are the milliseconds of the system clock and a counter within each, which
 * preserves the order of values created in one millisecond by one process.
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
