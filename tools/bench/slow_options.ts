import { parseArgs } from "node:util";
import { numberOption } from "./number_option.ts";

/** What is measured, and for how long. */
export interface SlowOptions {
  readonly rounds: number;
  /** How long a round is. */
  readonly seconds: number;
  /** Those of normal clients. */
  readonly connections: number;
  /** How many clients are slow. */
  readonly slow: number;
  /** Where the results are written as JSON. */
  readonly json: string | undefined;
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
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "6" },
      connections: { type: "string", default: "50" },
      slow: { type: "string", default: "1000" },
      json: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return undefined;
  return {
    rounds: numberOption(values.rounds, { name: "--rounds", max: 1000, whole: true }),
    seconds: numberOption(values.seconds, { name: "--seconds", max: 600, whole: false }),
    connections: numberOption(values.connections, { name: "--connections", max: 256, whole: true }),
    slow: numberOption(values.slow, { name: "--slow", max: 4000, whole: true }),
    json: values.json,
  };
}
