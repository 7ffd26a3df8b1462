import { getJsonLinesFormatter, type LogRecord, type TextFormatter } from "@logtape/logtape";
import type { LogFormat } from "@archway/server/logger.ts";
import { describeError, errorToJson } from "./describe_error.ts";
import { LINE_FIELDS } from "./log_format.ts";

/** Control characters that JSON allows and terminals interpret (ECMA-48, C1). */
const CONTROLS = /[\u007f-\u009f]/;
const EVERY_CONTROL = new RegExp(CONTROLS, "g");

/**
 * Returns a formatter that writes one JSON object per line. The message is rendered, its template is a field beside it, so
 * that lines can be grouped, and values are in `attributes`; an error is an object with its causes and frames
 * (describe_error.ts). Records of plain values only skip LogTape's search for cycles and values that JSON cannot represent.
 */
export function jsonLineFormatter(format: LogFormat = "otel"): TextFormatter {
  const fieldsOf = LINE_FIELDS[format];
  const general = getJsonLinesFormatter({ message: "template" });
  let lastTimestamp = NaN;
  let lastTime = "";

  /** Values of a record as JSON can represent them. */
  function attributesOf(record: LogRecord): unknown {
    return isFlat(record) ? record.properties : JSON.parse(general(withDescribedErrors(record))).properties;
  }

  return (record) => {
    if (record.timestamp !== lastTimestamp) {
      lastTimestamp = record.timestamp;
      lastTime = new Date(lastTimestamp).toISOString();
    }
    const { rawMessage, properties } = record;
    const traceId = properties["traceId"];
    const fields = fieldsOf({
      record,
      time: lastTime,
      body: bodyOf(record),
      template: typeof rawMessage === "string" ? rawMessage : rawMessage.join("{}"),
      traceId: typeof traceId === "string" ? traceId : undefined,
    });
    return `${escapeControls(JSON.stringify({ ...fields, attributes: attributesOf(record) }))}\n`;
  };
}

/** Escapes the control characters in a text of JSON that JSON allows. */
export function escapeControls(json: string): string {
  return CONTROLS.test(json)
    ? json.replaceAll(EVERY_CONTROL, (control) => `\\u00${control.charCodeAt(0).toString(16)}`)
    : json;
}

/** Returns the message with its values. */
export function bodyOf({ message }: LogRecord): string {
  return message.map((part, index) => index % 2 === 0 ? String(part) : valueText(part)).join("");
}

/** Returns a value in a message: texts as they are, errors by name, since their messages are redacted elsewhere. */
function valueText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) return describeError(value).name;
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value.join(", ");
  return typeof value === "object" && value !== null ? Deno.inspect(value, { depth: 2 }) : String(value);
}

/** Whether all values are plain. */
function isFlat({ properties }: LogRecord): boolean {
  return Object.values(properties).every((value) => {
    const type = typeof value;
    return type === "string" || type === "number" || type === "boolean";
  });
}

/** Replaces errors by their descriptions: LogTape would write their messages unredacted. */
function withDescribedErrors(record: LogRecord): LogRecord {
  const properties = Object.entries(record.properties).map(([name, value]) => [
    name,
    value instanceof Error ? errorToJson(describeError(value)) : value,
  ]);
  return { ...record, properties: Object.fromEntries(properties) };
}
