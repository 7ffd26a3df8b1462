import { parseArgs } from "node:util";
import { runArguments, type RunOptions, runOptions } from "./run_options.ts";

/** The rows of the table, in their order. What changes the table comes last. */
export const ROWS = ["health", "one", "list", "next", "create", "patch"] as const;

/** A row of the table. */
export type RowName = typeof ROWS[number];

/** What is measured, and for how long. */
export interface BenchOptions extends RunOptions {
  readonly rows: readonly RowName[];
  /** Whether starts and memory are measured too. */
  readonly starts: boolean;
}

export const USAGE = `Usage: deno task bench [options]

  --rounds <n>        how often the service and the bare handler take turns (default 5)
  --seconds <n>       how long either is under load in a round (default 2)
  --connections <n>   kept-alive connections, each with one request on the way (default 16)
  --only <row>        one of ${ROWS.join(", ")}, starts; may be repeated
  --json <file>       write the results there too (in dist/ or the temporary directory)
  --help              show this
`;

/**
 * Reads the command line; undefined: help is asked for.
 *
 * @throws {TypeError} when there is something wrong with it.
 */
export function parseBenchOptions(args: string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args,
    options: {
      ...runArguments({ rounds: 5, seconds: 2, connections: 16 }),
      only: { type: "string", multiple: true, default: [] },
    },
  });
  if (values.help) return undefined;
  const { only } = values;
  const known: readonly string[] = [...ROWS, "starts"];
  if (!only.every((name) => known.includes(name))) {
    throw new TypeError(`--only takes one of ${known.join(", ")}`);
  }
  return {
    ...runOptions(values),
    rows: only.length === 0 ? ROWS : ROWS.filter((row) => only.includes(row)),
    starts: only.length === 0 || only.includes("starts"),
  };
}
