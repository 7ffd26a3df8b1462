import { parseArgs } from "node:util";
import { numberOption } from "./number_option.ts";
import { runArguments, type RunOptions, runOptions } from "./run_options.ts";

/** What is measured, and for how long. */
export interface SlowOptions extends RunOptions {
  /** How many clients are slow. */
  readonly slow: number;
}

export const SLOW_USAGE = `Usage: deno task bench:slow [options]

  --rounds <n>        how often there are slow clients and none in turn (default 5)
  --seconds <n>       how long either is (default 6)
  --connections <n>   normal clients, each with one request on the way (default 50)
  --slow <n>          slow clients: heads without an end, half of them a byte a second (default 1000)
  --json <file>       write the results there too (in dist/ or the temporary directory)
  --help              show this
`;

/**
 * Reads the command line; undefined: help is asked for.
 *
 * @throws {TypeError} when there is something wrong with it.
 */
export function parseSlowOptions(args: string[]): SlowOptions | undefined {
  const { values } = parseArgs({
    args,
    options: {
      ...runArguments({ rounds: 5, seconds: 6, connections: 50 }),
      slow: { type: "string", default: "1000" },
    },
  });
  if (values.help) return undefined;
  return {
    ...runOptions(values),
    slow: numberOption(values.slow, { name: "--slow", max: 4000, whole: true }),
  };
}
