import { parseArgs } from "node:util";

/** Options of `deno task verify`. */
export interface VerifyOptions {
  readonly minutes: number;
  readonly seed: number;
  /** Whether failovers lose acknowledged writes, which the checks have to find. */
  readonly isAsynchronous: boolean;
  /** File that the history is written to. */
  readonly history: string | undefined;
  /** File whose history is checked, instead of a new one. */
  readonly check: string | undefined;
}

export const VERIFY_USAGE = `Usage: deno task verify [options]

  --minutes <n>      duration of the load (default 1)
  --seed <n>         seed of operations and faults (default: a random one, which is printed)
  --history <file>   write the history there, a JSON object in each line (default: in the temporary directory)
  --asynchronous     promote standbys that are behind: acknowledged writes are lost, which has to be found
  --check <file>     check a history that was written before
  --help             show this
`;

const MAX_SEED = 2 ** 31;

/**
 * Parses the command line; undefined if help is requested.
 *
 * @throws {TypeError} when it is invalid.
 */
export function parseVerifyOptions(args: readonly string[]): VerifyOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: "string", default: "1" },
      seed: { type: "string", default: String(Math.floor(Math.random() * MAX_SEED)) },
      history: { type: "string" },
      check: { type: "string" },
      asynchronous: { type: "boolean", default: false },
      help: { type: "boolean" },
    },
  });
  if (values.help) return undefined;
  const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
  if (!(minutes >= 0.1 && minutes <= 120)) {
    throw new TypeError("--minutes takes a number from 0.1, at most 120");
  }
  if (!(Number.isInteger(seed) && seed >= 0 && seed <= MAX_SEED)) {
    throw new TypeError(`--seed takes a whole number from 0, at most ${MAX_SEED}`);
  }
  const { history, check, asynchronous: isAsynchronous } = values;
  return { minutes, seed, history, check, isAsynchronous };
}
