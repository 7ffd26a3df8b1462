import {
  configure,
  getAnsiColorFormatter,
  getConsoleSink,
  getLogger,
  jsonLinesFormatter,
  type Logger,
} from "@logtape/logtape";
import type { LogLevel } from "./config.ts";

/**
 * Sends the program's log to the standard error and output: coloured lines on a terminal, one JSON object a line
 * elsewhere. Gives the logger that the program's parts are handed.
 */
export async function configureLogging(
  level: LogLevel,
  { terminal }: { readonly terminal: boolean },
): Promise<Logger> {
  await configure({
    reset: true,
    sinks: {
      console: getConsoleSink({ formatter: terminal ? getAnsiColorFormatter() : jsonLinesFormatter }),
    },
    loggers: [
      { category: ["archway"], lowestLevel: level, sinks: ["console"] },
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["console"] },
    ],
  });
  return getLogger(["archway"]);
}
