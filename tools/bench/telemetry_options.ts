import { parseArgs } from "node:util";
import { runArguments, type RunOptions, runOptions } from "./run_options.ts";

export const TELEMETRY_USAGE = `Usage: deno task bench:telemetry [options]

  --rounds <n>        how often the services take turns (default 5)
  --seconds <n>       how long each is under load in a round (default 2)
  --connections <n>   kept-alive connections, each with one request on the way (default 16)
  --json <file>       write the results there too (in dist/ or the temporary directory)
  --help              show this
`;

/**
 * Reads the command line; undefined: help is asked for.
 *
 * @throws {TypeError} when there is something wrong with it.
 */
export function parseTelemetryOptions(args: string[]): RunOptions | undefined {
  const options = runArguments({ rounds: 5, seconds: 2, connections: 16 });
  const { values } = parseArgs({ args, options: { ...options } });
  return values.help ? undefined : runOptions(values);
}
