import { microsecondsOf, type Timestamp, timestampOf } from "@archway/db/timestamp.ts";
import { DomainError, type FieldError } from "@archway/service_kit/domain_error.ts";
import type { Period } from "../ports.ts";

const INSTANT = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}:\d{2})$/;

/**
 * Parses a time range of RFC 3339 date-times, with microseconds.
 *
 * @throws {DomainError} "invalid-page" if a date-time is invalid, or the end is not later than the start.
 */
export function parsePeriod(
  query: { readonly from?: string | undefined; readonly to?: string | undefined },
): Period {
  const fieldErrors: FieldError[] = [];
  const read = (field: "from" | "to"): Timestamp | undefined => {
    const text = query[field];
    if (text === undefined) return undefined;
    const instant = parseInstant(text);
    if (instant === undefined) {
      fieldErrors.push({ field, reason: "must be an RFC 3339 date-time, such as 2026-11-25T10:00:00Z" });
    }
    return instant;
  };
  const [from, to] = [read("from"), read("to")];
  if (from !== undefined && to !== undefined && microsecondsOf(from) >= microsecondsOf(to)) {
    fieldErrors.push({ field: "to", reason: "must be later than from" });
  }
  if (fieldErrors.length > 0) throw new DomainError("invalid-page", { fieldErrors });
  return { from, to };
}

/**
 * Returns a date-time in UTC; undefined if the text is none. Times before 1970 become 1970, the lower bound of all data.
 */
export function parseInstant(text: string): Timestamp | undefined {
  const [, date = "", time = "", fraction = "", offset = ""] = INSTANT.exec(text) ?? [];
  const milliseconds = Date.parse(`${date}T${time}${offset.toUpperCase()}`);
  if (Number.isNaN(milliseconds)) return undefined;
  if (milliseconds < 0) return "1970-01-01T00:00:00Z";
  const microseconds = BigInt(milliseconds) * 1000n + BigInt(fraction.padEnd(6, "0").slice(0, 6));
  // A date-time with an offset can be in the year 10000.
  return new Date(milliseconds).getUTCFullYear() > 9999 ? "9999-12-31T23:59:59Z" : timestampOf(microseconds);
}
