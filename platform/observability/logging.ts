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

/** How long lines may take to be written when the program ends, in milliseconds. */
const LAST_LINES_MS = 1_000;

/** How long lines that tell of no fault are gathered, in milliseconds. */
const GATHER_MS = 10;

/** How many frames a stack has in development. V8 takes ten unasked, and more of them make errors slower. */
const DEVELOPMENT_FRAMES = 30;

/** How the log is written. */
export interface LoggingOptions {
  /** Whether it is read on a terminal; otherwise a line is a JSON object. */
  readonly terminal: boolean;
  /**
   * Whether a developer reads it: on a terminal, errors are shown in full, with values that their messages repeat.
   *
   * @default false
   */
  readonly development?: boolean;
  /** @default Deno.stdout */
  readonly stdout?: LineTarget;
  /** @default Deno.stderr */
  readonly stderr?: LineTarget;
}

/** The program's log. Disposing waits until its lines are written, for a bounded time. */
export interface Logging extends AsyncDisposable {
  /** What the program's parts are handed. */
  readonly logger: Logger;
}

/**
 * Sends the program's log to the standard output, warnings and errors to the standard error: coloured lines on a
 * terminal, one JSON object a line elsewhere. Secrets and personal data are taken out on the way (logging/redaction.ts).
 * Nobody waits for a line to be written; a program that is killed takes the last few milliseconds of its lines with it,
 * faults apart.
 */
export async function configureLogging(
  level: LogLevel,
  { terminal, development = false, stdout = Deno.stdout, stderr = Deno.stderr }: LoggingOptions,
): Promise<Logging> {
  if (development) Error.stackTraceLimit = DEVELOPMENT_FRAMES;
  const format = terminal
    ? terminalLineFormatter({ inFull: development, colors: !Deno.noColor })
    : redactTexts(jsonLineFormatter());
  const output = new LineWriter(stdout, { gatherMs: GATHER_MS });
  const errors = new LineWriter(stderr);
  const write = (record: LogRecord): void => {
    const isFault = record.level === "warning" || record.level === "error" || record.level === "fatal";
    (isFault ? errors : output).write(format(record));
  };
  await configure({
    reset: true,
    sinks: { lines: keepsNothing(redactFields(write)) },
    loggers: [
      { category: ["archway"], lowestLevel: level, sinks: ["lines"] },
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["lines"] },
    ],
  });
  return {
    logger: getLogger(["archway"]),
    async [Symbol.asyncDispose](): Promise<void> {
      await Promise.all([output.flush(LAST_LINES_MS), errors.flush(LAST_LINES_MS)]);
    },
  };
}

/**
 * Marks a sink as done with a record when it returns, as LogTape marks its own: for any other one it copies all that a
 * record holds first, which costs more than writing it.
 */
function keepsNothing(sink: Sink): Sink {
  return Object.defineProperty(sink, Symbol.for("LogTape.sinkSnapshotPolicy.immediate"), { value: true });
}

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
