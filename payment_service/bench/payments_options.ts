import { parseArgs } from "node:util";
import { numberOption } from "@archway/tools/bench/number_option.ts";
import { runArguments, type RunOptions, runOptions } from "@archway/tools/bench/run_options.ts";

/** The parts of the payments bench, in their order. */
export const PAYMENTS_PARTS = ["many", "hot", "leaving", "replay", "rebuild"] as const;

/** A part of the payments bench. */
export type PaymentsPart = typeof PAYMENTS_PARTS[number];

/** What is measured, and for how long. */
export interface PaymentsOptions extends RunOptions {
  readonly accounts: number;
  /** From how many events everything is rebuilt. */
  readonly events: number;
  readonly parts: readonly PaymentsPart[];
}

export const PAYMENTS_USAGE = `Usage: deno task bench:payments [options]

  --accounts <n>      how many accounts there are (default 1000)
  --events <n>        from how many events everything is rebuilt (default 200000)
  --rounds <n>        how often the variants take turns (default 5)
  --seconds <n>       how long each is under load in a round (default 3)
  --connections <n>   clients, each with one payment on the way (default 16)
  --only <part>       one of ${PAYMENTS_PARTS.join(", ")}; may be repeated
  --json <file>       write the results there too (in dist/ or the temporary directory)
  --help              show this
`;

/**
 * Reads the command line; undefined: help is asked for.
 *
 * @throws {TypeError} when there is something wrong with it.
 */
export function parsePaymentsOptions(args: string[]): PaymentsOptions | undefined {
  const { values } = parseArgs({
    args,
    options: {
      ...runArguments({ rounds: 5, seconds: 3, connections: 16 }),
      accounts: { type: "string", default: "1000" },
      events: { type: "string", default: "200000" },
      only: { type: "string", multiple: true, default: [] },
    },
  });
  if (values.help) return undefined;
  const { only } = values;
  const known: readonly string[] = PAYMENTS_PARTS;
  if (!only.every((name) => known.includes(name))) {
    throw new TypeError(`--only takes one of ${known.join(", ")}`);
  }
  return {
    ...runOptions(values),
    // More than there are connections: on many accounts, two rarely want the same one.
    accounts: numberOption(values.accounts, { name: "--accounts", min: 500, max: 100_000, whole: true }),
    events: numberOption(values.events, { name: "--events", min: 5_000, max: 10_000_000, whole: true }),
    parts: only.length === 0 ? PAYMENTS_PARTS : PAYMENTS_PARTS.filter((part) => only.includes(part)),
  };
}
