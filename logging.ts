import {
  configure,
  getAnsiColorFormatter,
  getJsonLinesFormatter,
  getLogger,
  type Logger,
  type LogRecord,
} from "@logtape/logtape";
import type { LogLevel } from "./config.ts";
import { LineWriter } from "./logging/line_writer.ts";
import { redactFields, redactTexts } from "./logging/redaction.ts";

/** How long lines may take to be written when the program ends, in milliseconds. */
const LAST_LINES_MS = 1_000;

/** The program's log. Disposing waits until its lines are written, for a bounded time. */
export interface Logging extends AsyncDisposable {
  /** What the program's parts are handed. */
  readonly logger: Logger;
}

/**
 * Sends the program's log to the standard output, warnings and errors to the standard error: coloured lines on a
 * terminal, one JSON object a line elsewhere. Secrets and personal data are taken out on the way (logging/redaction.ts).
 * Nobody waits for a line to be written.
 */
export async function configureLogging(
  level: LogLevel,
  { terminal }: { readonly terminal: boolean },
): Promise<Logging> {
  const format = redactTexts(
    // In JSON the values stand beside the message, which stays the same and can be counted by.
    terminal ? getAnsiColorFormatter({ value: "bare" }) : getJsonLinesFormatter({ message: "template" }),
  );
  const output = new LineWriter(Deno.stdout);
  const errors = new LineWriter(Deno.stderr);
  const write = (record: LogRecord): void => {
    const isFault = record.level === "warning" || record.level === "error" || record.level === "fatal";
    (isFault ? errors : output).write(format(record));
  };
  await configure({
    reset: true,
    sinks: { lines: redactFields(write) },
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
