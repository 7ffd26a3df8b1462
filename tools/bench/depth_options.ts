import { parseArgs } from "node:util";
import { numberOption } from "./number_option.ts";

/** The parts of the depth bench, in their order. */
export const DEPTH_PARTS = ["load", "alone", "replicas"] as const;

/** A part of the depth bench. */
export type DepthPart = typeof DEPTH_PARTS[number];

/** What is measured, and for how long. */
export interface DepthOptions {
  readonly profiles: number;
  readonly rounds: number;
  /** How long a variant is under load in a round. */
  readonly seconds: number;
  readonly connections: number;
  readonly parts: readonly DepthPart[];
  /** Where the results are written as JSON. */
  readonly json: string | undefined;
}

export const DEPTH_USAGE = `Usage: deno task bench:depth [options]

  --profiles <n>      how many profiles there are (default 1000000)
  --rounds <n>        how often the variants take turns (default 5)
  --seconds <n>       how long each is under load in a round (default 2)
  --connections <n>   kept-alive connections where there is load (default 16)
  --only <part>       one of ${DEPTH_PARTS.join(", ")}; may be repeated
  --json <file>       write the results there too (in dist/ or the temporary directory)
  --help              show this
`;

/**
 * Reads the command line; undefined: help is asked for.
 *
 * @throws {TypeError} when there is something wrong with it.
 */
export function parseDepthOptions(args: string[]): DepthOptions | undefined {
  const { values } = parseArgs({
    args,
    options: {
      profiles: { type: "string", default: "1000000" },
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "2" },
      connections: { type: "string", default: "16" },
      only: { type: "string", multiple: true, default: [] },
      json: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return undefined;
  const { only } = values;
  const known: readonly string[] = DEPTH_PARTS;
  if (!only.every((name) => known.includes(name))) {
    throw new TypeError(`--only takes one of ${known.join(", ")}`);
  }
  return {
    // Deep in the list there have to be pages enough to walk through.
    profiles: numberOption(values.profiles, {
      name: "--profiles",
      min: 20_000,
      max: 10_000_000,
      whole: true,
    }),
    rounds: numberOption(values.rounds, { name: "--rounds", max: 1000, whole: true }),
    seconds: numberOption(values.seconds, { name: "--seconds", max: 600, whole: false }),
    connections: numberOption(values.connections, { name: "--connections", max: 256, whole: true }),
    parts: only.length === 0 ? DEPTH_PARTS : DEPTH_PARTS.filter((part) => only.includes(part)),
    json: values.json,
  };
}
