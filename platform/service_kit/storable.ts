import { type Timestamp, timestampOf } from "@archway/db/timestamp.ts";
import type { FieldError } from "./domain_error.ts";

/** Texts of this length fit into an index. */
const MAX_KEY_LENGTH = 255;

/** Escapes of characters in JSON that PostgreSQL does not store: U+0000, and halves of surrogate pairs. */
const NOT_STORED = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/;

/**
 * Returns the errors of values that PostgreSQL cannot store, although a schema may allow them.
 *
 * @param times Properties with dates and times.
 */
export function storageErrors(input: object, times: readonly string[] = []): readonly FieldError[] {
  return Object.entries(input).flatMap(([field, value]): readonly FieldError[] => {
    if (typeof value === "bigint" && BigInt.asIntN(64, value) !== value) {
      return [{ field, reason: "must fit into 64 bits" }];
    }
    if (typeof value === "string" && times.includes(field) && /^(?:0000|-)/.test(value)) {
      return [{ field, reason: "must be in the year 1 or later" }];
    }
    const isText = typeof value === "string" || typeof value === "object" && value !== null;
    return isText && NOT_STORED.test(JSON.stringify(value))
      ? [{ field, reason: "must not contain U+0000 or halves of surrogate pairs" }]
      : [];
  });
}

/** Returns the errors of a key that clients choose. */
export function keyErrors(field: string, key: unknown): readonly FieldError[] {
  const isLong = typeof key === "string" && (key === "" || key.length > MAX_KEY_LENGTH);
  return isLong
    ? [{ field, reason: `must have 1 to ${MAX_KEY_LENGTH} characters` }]
    : storageErrors({ [field]: key });
}

/**
 * Returns an RFC 3339 date-time with any offset as the database returns it: in UTC with microseconds.
 *
 * @throws {RangeError} when the text is not such a date-time.
 */
export function utcTimestamp(text: string): Timestamp {
  const [, seconds = "", fraction = "", offset = ""] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/i.exec(text) ?? [];
  const milliseconds = Date.parse(`${seconds}${offset}`.toUpperCase());
  if (Number.isNaN(milliseconds)) throw new RangeError("Not a date-time");
  return timestampOf(BigInt(milliseconds) * 1000n + BigInt(fraction.slice(0, 6).padEnd(6, "0")));
}
