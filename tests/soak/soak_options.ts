import { parseArgs } from "node:util";
import { numberOption } from "@archway/tools/bench/number_option.ts";

/** How long and how hard the service is used. */
export interface SoakOptions {
  readonly minutes: number;
  /** Requests a second; undefined: half of what the service is found to be able to answer. */
  readonly rate: number | undefined;
  /** Where the results are written as JSON. */
  readonly json: string | undefined;
}

export const SOAK_USAGE = `Usage: deno task soak [options]

  --minutes <n>   how long the load lasts (default 10)
  --rate <n>      requests a second (default: half of what the service can answer, which is measured first)
  --json <file>   write the results there too (in dist/ or the temporary directory)
  --help          show this
`;

/**
 * Reads the command line; undefined: help is asked for.
 *
 * @throws {TypeError} when there is something wrong with it.
 */
export function parseSoakOptions(args: string[]): SoakOptions | undefined {
  const { values: { minutes, rate, json, help } } = parseArgs({
    args,
    options: {
      minutes: { type: "string", default: "10" },
      rate: { type: "string" },
      json: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (help) return undefined;
  return {
    // Shorter than half a minute nothing would have been restarted twice.
    minutes: numberOption(minutes, { name: "--minutes", min: 0.5, max: 10_000, whole: false }),
    rate: rate === undefined
      ? undefined
      : numberOption(rate, { name: "--rate", min: 1, max: 100_000, whole: false }),
    json,
  };
}
