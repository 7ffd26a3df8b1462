import { parseArgs } from "node:util";
import { numberOption } from "./number_option.ts";
import { runArguments, type RunOptions, runOptions } from "./run_options.ts";

/** What is measured, and for how long. */
export interface OverloadOptions extends RunOptions {
  /** How many clients there are under overload, each with one request on the way. */
  readonly crowd: number;
  /** By how much more is asked for than can be served. */
  readonly times: number;
}

export const OVERLOAD_USAGE = `Usage: deno task bench:overload [options]

  --rounds <n>        how often the load is bearable and then is not (default 5)
  --seconds <n>       how long either is (default 3)
  --connections <n>   clients while it is bearable, each with one request on the way (default 16)
  --crowd <n>         clients while it is not (default 320)
  --times <n>         how many times what can be served they ask for (default 10)
  --json <file>       write the results there too (in dist/ or the temporary directory)
  --help              show this
`;

/**
 * Reads the command line; undefined: help is asked for.
 *
 * @throws {TypeError} when there is something wrong with it.
 */
export function parseOverloadOptions(args: string[]): OverloadOptions | undefined {
  const { values } = parseArgs({
    args,
    options: {
      ...runArguments({ rounds: 5, seconds: 3, connections: 16 }),
      crowd: { type: "string", default: "320" },
      times: { type: "string", default: "10" },
    },
  });
  if (values.help) return undefined;
  return {
    ...runOptions(values),
    crowd: numberOption(values.crowd, { name: "--crowd", max: 2000, whole: true }),
    times: numberOption(values.times, { name: "--times", max: 100, whole: false, min: 1 }),
  };
}
