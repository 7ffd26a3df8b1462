import { parseArgs } from "node:util";
import { numberOption } from "./number_option.ts";
import { runArguments, type RunOptions, runOptions } from "./run_options.ts";

/** The parts of the depth bench, in their order. */
export const DEPTH_PARTS = ["load", "alone", "replicas"] as const;

/** A part of the depth bench. */
export type DepthPart = typeof DEPTH_PARTS[number];

/** What is measured, and for how long. */
export interface DepthOptions extends RunOptions {
  readonly contacts: number;
  readonly parts: readonly DepthPart[];
}

export const DEPTH_USAGE = `Usage: deno task bench:depth [options]

  --contacts <n>      how many contacts there are (default 1000000)
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
      ...runArguments({ rounds: 5, seconds: 2, connections: 16 }),
      contacts: { type: "string", default: "1000000" },
      only: { type: "string", multiple: true, default: [] },
    },
  });
  if (values.help) return undefined;
  const { only } = values;
  const known: readonly string[] = DEPTH_PARTS;
  if (!only.every((name) => known.includes(name))) {
    throw new TypeError(`--only takes one of ${known.join(", ")}`);
  }
  return {
    ...runOptions(values),
    // Deep in the list there have to be pages enough to walk through.
    contacts: numberOption(values.contacts, {
      name: "--contacts",
      min: 20_000,
      max: 10_000_000,
      whole: true,
    }),
    parts: only.length === 0 ? DEPTH_PARTS : DEPTH_PARTS.filter((part) => only.includes(part)),
  };
}
