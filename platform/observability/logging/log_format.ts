import type { LogLevel, LogRecord } from "@logtape/logtape";
import type { LogFormat } from "@archway/server/logger.ts";

/** Fields of a line, in order, without its attributes. */
export type LineFields = Readonly<Record<string, string | number>>;

/** Severity numbers of OpenTelemetry's log data model. */
const SEVERITY_NUMBERS: Readonly<Record<LogLevel, number>> = {
  trace: 1,
  debug: 5,
  info: 9,
  warning: 13,
  error: 17,
  fatal: 21,
};

/** Severities of Google Cloud's LogEntry. */
const GCP_SEVERITIES: Readonly<Record<LogLevel, string>> = {
  trace: "DEBUG",
  debug: "DEBUG",
  info: "INFO",
  warning: "WARNING",
  error: "ERROR",
  fatal: "CRITICAL",
};

/** Rendered parts of a record. */
export interface RenderedRecord {
  readonly record: LogRecord;
  /** Time in ISO 8601. */
  readonly time: string;
  /** Message with its values. */
  readonly body: string;
  /** Message with placeholders, the same for all lines of a kind. */
  readonly template: string;
  readonly traceId: string | undefined;
}

/** Returns the fields of a line by format. */
export const LINE_FIELDS: Readonly<Record<LogFormat, (rendered: RenderedRecord) => LineFields>> = {
  otel: ({ record: { level, category }, time, body, template, traceId }) => ({
    timestamp: time,
    severity_text: level === "warning" ? "WARN" : level.toUpperCase(),
    severity_number: SEVERITY_NUMBERS[level],
    body,
    ...(traceId !== undefined && { trace_id: traceId }),
    scope: category.join("."),
    template,
  }),
  ecs: ({ record: { level, category }, time, body, template, traceId }) => ({
    "@timestamp": time,
    "log.level": level === "warning" ? "warn" : level,
    message: body,
    "ecs.version": "8.11.0",
    ...(traceId !== undefined && { "trace.id": traceId }),
    "log.logger": category.join("."),
    template,
  }),
  gcp: ({ record: { level, category }, time, body, template, traceId }) => ({
    time,
    severity: GCP_SEVERITIES[level],
    message: body,
    ...(traceId !== undefined && { trace_id: traceId }),
    logger: category.join("."),
    template,
  }),
};
