import {
  configure,
  getAnsiColorFormatter,
  getLogger,
  type Logger,
  type LogRecord,
  type Sink,
} from "@logtape/logtape";
import type { LogLevel } from "@archway/config/config.ts";
import { jsonLineFormatter } from "./json_line.ts";
import { LineWriter } from "./line_writer.ts";
import { redactFields, redactTexts } from "./redaction.ts";

/** How long lines may take to be written when the program ends, in milliseconds. */
const LAST_LINES_MS = 1_000;

/** How long lines that tell of no fault are gathered, in milliseconds. */
const GATHER_MS = 10;

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
  { terminal }: { readonly terminal: boolean },
): Promise<Logging> {
  const format = redactTexts(
    terminal ? getAnsiColorFormatter({ value: "bare" }) : jsonLineFormatter(),
  );
  const output = new LineWriter(Deno.stdout, { gatherMs: GATHER_MS });
  const errors = new LineWriter(Deno.stderr);
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
