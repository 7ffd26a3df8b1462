import type { LogRecord } from "@logtape/logtape";
import type { LogFormat } from "@archway/server/logger.ts";
import { redactText } from "@archway/service_kit/redact_text.ts";
import { escapeControls } from "./json_line.ts";
import { LINE_FIELDS } from "./log_format.ts";

/** Maximum number of kinds of records, and of names of values, that are remembered; a program has fewer. */
const MAX_KNOWN = 500;

/** Maximum length of what is remembered, in characters; together with {@link MAX_KNOWN} it bounds the memory. */
const MAX_LENGTH = 512;

/** Parts of a line that all records of a kind share, around the time, the message and the trace. */
type Frame = readonly string[];

/** Stand-ins for what differs between records of a kind. */
const TIME = crypto.randomUUID();
const BODY = crypto.randomUUID();
const TRACE = crypto.randomUUID();
const STAND_INS = new RegExp(`"(${TIME}|${BODY}|${TRACE})"`);

/**
 * Returns a formatter for records of plain values, such as those of requests: the line that `jsonLineFormatter` writes, redacted
 * as a whole, for a third of the time. What is constant is encoded and redacted once, and what is not by itself, since no
 * redacted pattern extends beyond a text of JSON. It returns undefined for other records.
 */
export function flatLineFormatter(format: LogFormat = "otel"): (record: LogRecord) => string | undefined {
  const frames = new Map<string, Frame>();
  const names = new Map<string, string>();
  let lastTimestamp = NaN;
  let lastTime = "";

  function frameOf(record: LogRecord, template: string, hasTrace: boolean): Frame {
    const { level, category } = record;
    const key = `${level} ${hasTrace} ${category.join(".")} ${template}`;
    let frame = frames.get(key);
    if (frame === undefined) {
      const traceId = hasTrace ? TRACE : undefined;
      const fields = LINE_FIELDS[format]({ record, time: TIME, body: BODY, template, traceId });
      // Without the end, where the attributes follow.
      frame = escapeControls(JSON.stringify(fields)).slice(0, -1).split(STAND_INS)
        .map((part) => part === TIME || part === BODY || part === TRACE ? part : redactText(part));
      if (frames.size >= MAX_KNOWN) frames.clear();
      frames.set(key, frame);
    }
    return frame;
  }

  function nameOf(name: string): string {
    let text = names.get(name);
    if (text === undefined) {
      text = `${textOf(name)}:`;
      if (names.size >= MAX_KNOWN) names.clear();
      names.set(name, text);
    }
    return text;
  }

  return function formatFlat(record): string | undefined {
    const { rawMessage, properties, message, timestamp } = record;
    if (typeof rawMessage !== "string" || rawMessage.length > MAX_LENGTH) return undefined;
    let attributes = "";
    for (const name of Object.keys(properties)) {
      const value = plainText(properties[name]);
      if (value === undefined || name.length > MAX_LENGTH) return undefined;
      attributes += attributes === "" ? nameOf(name) + value : `,${nameOf(name)}${value}`;
    }
    let body = "";
    for (const part of message) {
      if (typeof part !== "string" && typeof part !== "number" && typeof part !== "boolean") return undefined;
      body += String(part);
    }
    if (timestamp !== lastTimestamp) {
      lastTimestamp = timestamp;
      lastTime = `"${new Date(timestamp).toISOString()}"`;
    }
    const { traceId } = properties;
    const hasTrace = typeof traceId === "string";
    let line = "";
    for (const part of frameOf(record, rawMessage, hasTrace)) {
      if (part === TIME) line += lastTime;
      else if (part === BODY) line += textOf(body);
      else if (part === TRACE) line += textOf(String(traceId));
      else line += part;
    }
    return `${line},"attributes":{${attributes}}}\n`;
  };
}

/** Returns the JSON text of a plain value; undefined for any other. */
function plainText(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return textOf(value);
    case "number":
      return Number.isFinite(value) ? String(value) : "null";
    case "boolean":
      return String(value);
    default:
      return undefined;
  }
}

/** Matches texts such as ids and paths, which JSON does not escape, and of which only tokens are redacted. */
const SIMPLE = /^[\w/{}.-]*$/;

/** Begins the tokens that {@link SIMPLE} matches. */
const TOKEN = "eyJ";

/** Returns a text as JSON, redacted. */
function textOf(text: string): string {
  if (SIMPLE.test(text) && !text.includes(TOKEN)) return `"${text}"`;
  return redactText(escapeControls(JSON.stringify(text)));
}
