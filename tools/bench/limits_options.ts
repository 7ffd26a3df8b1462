import { parseArgs } from "node:util";
import { numberOption } from "./number_option.ts";

/** How much is measured. */
export interface LimitsOptions {
  /** How often the servers take turns. */
  readonly rounds: number;
  /** How many requests each is asked for in a round. */
  readonly requests: number;
  /** Where the results are written as JSON. */
  readonly json: string | undefined;
}

export const LIMITS_USAGE = `Usage: deno task bench:limits [options]

  --rounds <n>     how often the servers take turns (default 15)
  --requests <n>   requests to each in a round, one after the other (default 10000)
  --json <file>    write the results there too (in dist/ or the temporary directory)
  --help           show this
`;

/**
 * Reads the command line; undefined: help is asked for.
 *
 * @throws {TypeError} when there is something wrong with it.
 */
export function parseLimitsOptions(args: string[]): LimitsOptions | undefined {
  const { values: { rounds, requests, json, help } } = parseArgs({
    args,
    options: {
      rounds: { type: "string", default: "15" },
      requests: { type: "string", default: "10000" },
      json: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (help) return undefined;
  return {
    rounds: numberOption(rounds, { name: "--rounds", max: 1000, whole: true }),
    requests: numberOption(requests, { name: "--requests", max: 1_000_000, whole: true }),
    json,
  };
}
