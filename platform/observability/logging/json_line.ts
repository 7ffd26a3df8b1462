import { describeError, errorToJson } from "./describe_error.ts";
import { getJsonLinesFormatter, type LogRecord, type TextFormatter } from "@logtape/logtape";

/** Control characters that JSON allows and terminals obey (ECMA-48, C1). */
const CONTROLS = /[\u007f-\u009f]/;

/** How many beginnings of lines are remembered: a program has as many as it has messages. */
const MOST_REMEMBERED = 1_000;

/**
 * One JSON object a line, as LogTape writes it. The values stand beside the message, which stays the same and can be
 * counted by; an error among them is an object with its causes and frames (describe_error.ts). LogTape looks into every value for circles and for what JSON has no form for; a record that holds none,
 * as that of a request, is written without that: a tenth of the time (measured).
 */
export function jsonLineFormatter(): TextFormatter {
  const general = getJsonLinesFormatter({ message: "template" });
  const fixed = new Map<string, string>();
  let lastTimestamp = NaN;
  let lastTime = "";

  /** What stands between the time and the values. */
  function fixedPart({ level, rawMessage, category }: LogRecord): string {
    const key = `${level} ${category.join(".")} ${String(rawMessage)}`;
    let part = fixed.get(key);
    if (part === undefined) {
      const name = level === "warning" ? "WARN" : level.toUpperCase();
      part = JSON.stringify({ level: name, message: rawMessage, logger: category.join(".") }).slice(1, -1);
      if (fixed.size < MOST_REMEMBERED) fixed.set(key, part);
    }
    return part;
  }

  return (record) => {
    if (!isFlat(record)) return general(withDescribedErrors(record));
    if (record.timestamp !== lastTimestamp) {
      lastTimestamp = record.timestamp;
      lastTime = new Date(lastTimestamp).toISOString();
    }
    const line = `{"@timestamp":"${lastTime}",${fixedPart(record)},"properties":${
      JSON.stringify(record.properties)
    }}`;
    return CONTROLS.test(line) ? general(record) : `${line}\n`;
  };
}

/** Whether every value is written by JSON as it is. */
function isFlat({ rawMessage, properties }: LogRecord): boolean {
  return typeof rawMessage === "string" && Object.values(properties).every((value) => {
    const type = typeof value;
    return type === "string" || type === "number" || type === "boolean";
  });
}

/** A record with errors described: LogTape would write their messages as they are. */
function withDescribedErrors(record: LogRecord): LogRecord {
  const properties = Object.entries(record.properties).map(([name, value]) => [
    name,
    value instanceof Error ? errorToJson(describeError(value)) : value,
  ]);
  return { ...record, properties: Object.fromEntries(properties) };
}
