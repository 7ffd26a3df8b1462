import { parseArgs } from "node:util";
import { numberOption } from "./number_option.ts";

/** What is measured, and for how long. */
export interface TelemetryOptions {
  /** How often the services take turns. */
  readonly rounds: number;
  /** How long each is under load in a round. */
  readonly seconds: number;
  readonly connections: number;
  /** Where the results are written as JSON. */
  readonly json: string | undefined;
}

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
export function parseTelemetryOptions(args: string[]): TelemetryOptions | undefined {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "2" },
      connections: { type: "string", default: "16" },
      json: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return undefined;
  return {
    rounds: numberOption(values.rounds, { name: "--rounds", max: 1000, whole: true }),
    seconds: numberOption(values.seconds, { name: "--seconds", max: 600, whole: false }),
    connections: numberOption(values.connections, { name: "--connections", max: 256, whole: true }),
    json: values.json,
  };
}
