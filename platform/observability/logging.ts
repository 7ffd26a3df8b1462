import {
  configure,
  getJsonLinesFormatter,
  getLogger,
  type Logger,
  type LogLevel,
  type LogRecord,
  type Sink,
  type TextFormatter,
} from "@logtape/logtape";
import { describeError, errorToJson } from "./logging/describe_error.ts";
import { type LineTarget, LineWriter } from "./logging/line_writer.ts";
import { redactFields, redactTexts } from "./logging/redaction.ts";
import { terminalLineFormatter } from "./logging/terminal_line.ts";

/** Time limit for writing the remaining lines when the program ends, in milliseconds. */
const FLUSH_TIMEOUT_MS = 1_000;

/** Time in which lines below level "warning" are batched, in milliseconds. */
const BATCH_MS = 10;

/** Number of stack frames in development. V8 records 10 by default; more make errors slower. */
const DEVELOPMENT_FRAMES = 30;

/** Options of logging. */
export interface LoggingOptions {
  /** Whether to write lines for a terminal instead of JSON objects. */
  readonly terminal: boolean;
  /**
   * Whether to show error messages unredacted on a terminal, including values that they repeat.
   *
   * @default false
   */
  readonly development?: boolean;
  /** @default Deno.stdout */
  readonly stdout?: LineTarget;
  /** @default Deno.stderr */
  readonly stderr?: LineTarget;
}

/** Log of the program. Disposing waits for its lines to be written, for at most a second. */
export interface Logging extends AsyncDisposable {
  /** Logger of the program. */
  readonly logger: Logger;
}

/**
 * Writes the program's log to the standard output, warnings and errors to the standard error: colored lines on a
 * terminal, one JSON object per line elsewhere. Secrets and personal data are redacted (logging/redaction.ts). Writing is
 * asynchronous: a killed program loses the lines of the last few milliseconds, except warnings and errors.
 */
export async function configureLogging(
  level: LogLevel,
  { terminal, development = false, stdout = Deno.stdout, stderr = Deno.stderr }: LoggingOptions,
): Promise<Logging> {
  if (development) Error.stackTraceLimit = DEVELOPMENT_FRAMES;
  const format = terminal
    ? terminalLineFormatter({ inFull: development, colors: !Deno.noColor })
    : redactTexts(jsonLineFormatter());
  const output = new LineWriter(stdout, { batchMs: BATCH_MS });
  const errors = new LineWriter(stderr);
  const write = (record: LogRecord): void => {
    const isUrgent = record.level === "warning" || record.level === "error" || record.level === "fatal";
    (isUrgent ? errors : output).write(format(record));
  };
  await configure({
    reset: true,
    sinks: { lines: immediateSink(redactFields(write)) },
    loggers: [
      { category: ["archway"], lowestLevel: level, sinks: ["lines"] },
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["lines"] },
    ],
  });
  return {
    logger: getLogger(["archway"]),
    async [Symbol.asyncDispose](): Promise<void> {
      await Promise.all([output.flush(FLUSH_TIMEOUT_MS), errors.flush(FLUSH_TIMEOUT_MS)]);
    },
  };
}

/**
 * Marks a sink as not retaining records, as LogTape marks its own sinks. For others, LogTape copies every record first,
 * which costs more than writing it.
 */
function immediateSink(sink: Sink): Sink {
  return Object.defineProperty(sink, Symbol.for("LogTape.sinkSnapshotPolicy.immediate"), { value: true });
}

/** Control characters that JSON allows and terminals interpret (ECMA-48, C1). */
const CONTROLS = /[\u007f-\u009f]/;

/** Maximum number of cached line prefixes: a program has one per message. */
const MAX_CACHED = 1_000;

/**
 * Returns a formatter that writes one JSON object per line, in LogTape's format. The message is the template, so that
 * lines can be grouped by it, with the values beside it; an error is an object with its causes and frames
 * (describe_error.ts). Records of plain values only, such as those of requests, skip LogTape's search for cycles and
 * values that JSON cannot represent, which takes a tenth of the time (measured).
 */
export function jsonLineFormatter(): TextFormatter {
  const general = getJsonLinesFormatter({ message: "template" });
  const fixed = new Map<string, string>();
  let lastTimestamp = NaN;
  let lastTime = "";

  /** Part of the line between the time and the values. */
  function fixedPart({ level, rawMessage, category }: LogRecord): string {
    const key = `${level} ${category.join(".")} ${String(rawMessage)}`;
    let part = fixed.get(key);
    if (part === undefined) {
      const name = level === "warning" ? "WARN" : level.toUpperCase();
      part = JSON.stringify({ level: name, message: rawMessage, logger: category.join(".") }).slice(1, -1);
      if (fixed.size < MAX_CACHED) fixed.set(key, part);
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

/** Whether all values are plain. */
function isFlat({ rawMessage, properties }: LogRecord): boolean {
  return typeof rawMessage === "string" && Object.values(properties).every((value) => {
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
