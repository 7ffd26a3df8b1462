import type { LogRecord, Sink } from "@logtape/logtape";
import type { LoggedLine, TraceRecorder } from "@archway/service_kit/developer_tool.ts";
import { REQUEST_LINE } from "../telemetry/access_log.ts";
import { activeSpan } from "../telemetry/tracing/active_trace.ts";
import { describeError } from "./describe_error.ts";
import { bodyOf } from "./json_line.ts";

/** Returns a sink that passes every line except those of requests to a tool of developers. */
export function recordLines(recorder: Pick<TraceRecorder, "line">): Sink {
  return (record) => {
    if (record.rawMessage !== REQUEST_LINE) recorder.line(loggedLine(record));
  };
}

/** Converts a record of the log for a tool of developers, with its error unredacted and in full. */
function loggedLine(record: LogRecord): LoggedLine {
  const attributes: Record<string, unknown> = {};
  let error: unknown;
  for (const [name, value] of Object.entries(record.properties)) {
    if (value instanceof Error) error ??= value;
    else attributes[name] = typeof value === "object" && value !== null ? Deno.inspect(value) : value;
  }
  const { traceId } = record.properties;
  return {
    time: record.timestamp,
    level: record.level,
    text: bodyOf(record),
    attributes,
    ...(error !== undefined && { error: describeError(error, { inFull: true }) }),
    traceId: typeof traceId === "string" ? traceId : activeSpan()?.traceId,
  };
}
