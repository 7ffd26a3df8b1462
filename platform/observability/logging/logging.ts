import { configure, getLogger, type Logger, type LogRecord, type Sink } from "@logtape/logtape";
import type { LogLevel } from "@archway/config/config.ts";
import { jsonLineFormatter } from "./json_line.ts";
import { type LineTarget, LineWriter } from "./line_writer.ts";
import { redactFields, redactTexts } from "./redaction.ts";
import { terminalLineFormatter } from "./terminal_line.ts";

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
