import { numberOption } from "./number_option.ts";

/** What every bench can be told. */
export interface RunOptions {
  /** How often whatever is compared takes turns. */
  readonly rounds: number;
  /** How long each is under load in a round. */
  readonly seconds: number;
  readonly connections: number;
  /** Where the results are written as JSON. */
  readonly json: string | undefined;
}

interface TextArgument {
  readonly type: "string";
  readonly default: string;
}

/** The arguments of {@link RunOptions} and `--help`, for `parseArgs`. */
export interface RunArguments {
  readonly rounds: TextArgument;
  readonly seconds: TextArgument;
  readonly connections: TextArgument;
  readonly json: { readonly type: "string" };
  readonly help: { readonly type: "boolean" };
}

/** The arguments with the defaults of one bench. */
export function runArguments(defaults: Omit<RunOptions, "json">): RunArguments {
  const text = (value: number): TextArgument => ({ type: "string", default: String(value) });
  return {
    rounds: text(defaults.rounds),
    seconds: text(defaults.seconds),
    connections: text(defaults.connections),
    json: { type: "string" },
    help: { type: "boolean" },
  };
}

/** What `parseArgs` found of them. */
export interface RunValues {
  readonly rounds: string;
  readonly seconds: string;
  readonly connections: string;
  readonly json?: string | undefined;
}

/**
 * Reads them.
 *
 * @throws {TypeError} when a number is none, or is too large.
 */
export function runOptions({ rounds, seconds, connections, json }: RunValues): RunOptions {
  return {
    rounds: numberOption(rounds, { name: "--rounds", max: 1000, whole: true }),
    seconds: numberOption(seconds, { name: "--seconds", max: 600, whole: false }),
    connections: numberOption(connections, { name: "--connections", max: 256, whole: true }),
    json,
  };
}
