import {
  configure,
  getLogger,
  type Logger,
  type LogRecord,
  type Sink,
  type TextFormatter,
} from "@logtape/logtape";
import type { LogFormat, LogLevel } from "@archway/server/logger.ts";
import type { TraceRecorder } from "@archway/service_kit/developer_tool.ts";
import { flatLineFormatter } from "./logging/flat_line.ts";
import { jsonLineFormatter } from "./logging/json_line.ts";
import { type LineTarget, LineWriter } from "./logging/line_writer.ts";
import { redirectConsole } from "./logging/redirect_console.ts";
import { redactFields, redactTexts } from "./logging/redaction.ts";

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
   * Names of the fields of JSON objects.
   *
   * @default "otel"
   */
  readonly format?: LogFormat;
  /**
   * Whether to show error messages unredacted on a terminal, including values that they repeat.
   *
   * @default false
   */
  readonly development?: boolean;
  /**
   * Fields of every line.
   *
   * @default {}
   */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Receives every line except those of requests. @default none */
  readonly recorder?: Pick<TraceRecorder, "line"> | undefined;
  /** @default Deno.stdout */
  readonly stdout?: LineTarget;
  /** @default Deno.stderr */
  readonly stderr?: LineTarget;
}

/** Log of the program. Disposing waits for its lines to be written, for at most a second. */
export interface Logging extends AsyncDisposable {
  /** Logger of the program. */
  readonly logger: Logger;
  /** Waits for its lines to be written, for at most a second. */
  flush(): Promise<void>;
}

/**
 * Writes the program's log to the standard output, warnings and errors to the standard error: colored lines on a
 * terminal, one JSON object per line elsewhere. Secrets and personal data are redacted (logging/redaction.ts). Writing is
 * asynchronous: a killed program loses the lines of the last few milliseconds, except warnings and errors.
 */
export async function configureLogging(
  level: LogLevel,
  { terminal, format: names = "otel", development = false, fields, recorder, ...targets }: LoggingOptions,
): Promise<Logging> {
  const { stdout = Deno.stdout, stderr = Deno.stderr } = targets;
  if (development) Error.stackTraceLimit = DEVELOPMENT_FRAMES;
  const format = terminal
    // Servers write JSON.
    ? (await import("./logging/terminal_line.ts")).terminalLineFormatter({
      inFull: development,
      colors: !Deno.noColor,
    })
    : lineFormatter(names);
  const droppedLine = (dropped: number): string => format(droppedRecord(dropped));
  const output = new LineWriter(stdout, { batchMs: BATCH_MS, droppedLine });
  const errors = new LineWriter(stderr, { droppedLine });
  // Loaded for a recorder alone, as its modules are those of traces.
  const recordLine = recorder && (await lineRecorder(recorder));
  const write = (record: LogRecord): void => {
    const isUrgent = record.level === "warning" || record.level === "error" || record.level === "fatal";
    (isUrgent ? errors : output).write(format(record));
    recordLine?.(record);
  };
  await configure({
    reset: true,
    sinks: { lines: immediateSink(redactFields(write)) },
    loggers: [
      { category: ["archway"], lowestLevel: level === "off" ? null : level, sinks: ["lines"] },
      { category: ["logtape", "meta"], lowestLevel: level === "off" ? null : "warning", sinks: ["lines"] },
    ],
  });
  const logger = fields === undefined ? getLogger(["archway"]) : getLogger(["archway"]).with({ ...fields });
  const redirected = terminal ? undefined : redirectConsole(logger);
  const flush = async (): Promise<void> => {
    await Promise.all([output.flush(FLUSH_TIMEOUT_MS), errors.flush(FLUSH_TIMEOUT_MS)]);
  };
  return {
    logger,
    flush,
    async [Symbol.asyncDispose](): Promise<void> {
      redirected?.[Symbol.dispose]();
      await flush();
    },
  };
}

async function lineRecorder(recorder: Pick<TraceRecorder, "line">): Promise<Sink> {
  const { recordLines } = await import("./logging/record_lines.ts");
  return recordLines(recorder);
}

/** Returns the formatter of redacted JSON lines. */
function lineFormatter(format: LogFormat): TextFormatter {
  const flat = flatLineFormatter(format);
  const general = redactTexts(jsonLineFormatter(format));
  return (record) => flat(record) ?? general(record);
}

/** Record of lines that could not be written. */
function droppedRecord(dropped: number): LogRecord {
  const text = "Log lines dropped: the output was not read in time";
  return {
    category: ["archway"],
    level: "warning",
    rawMessage: text,
    message: [text],
    timestamp: Date.now(),
    properties: { dropped },
  };
}

/**
 * Marks a sink as not retaining records, as LogTape marks its own sinks. For others, LogTape copies every record first,
 * which costs more than writing it.
 */
function immediateSink(sink: Sink): Sink {
  return Object.defineProperty(sink, Symbol.for("LogTape.sinkSnapshotPolicy.immediate"), { value: true });
}
