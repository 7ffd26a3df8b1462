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
  /** Checkout that this one is compared with; undefined: the service is compared with the bare handler. */
  readonly against: AgainstOptions | undefined;
}

/** Another checkout, whose main.ts is compared with that of this one. */
export interface AgainstOptions {
  /** Root of the other checkout. */
  readonly checkout: string;
  /** Path of a list that both serve; its items have the members of a contact. */
  readonly path: string;
}

export const USAGE = `Usage: deno task bench [options]

  --against <folder>  compare main.ts with that of an older checkout, not the service with the bare handler
  --path <path>       with --against: path of a list that both serve, such as /v1/contacts
  --rounds <n>        how often the two take turns (default 5)
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
      against: { type: "string" },
      path: { type: "string" },
    },
  });
  if (values.help) return undefined;
  const { only } = values;
  const known: readonly string[] = [...ROWS, "starts"];
  if (!only.every((name) => known.includes(name))) {
    throw new TypeError(`--only takes one of ${known.join(", ")}`);
  }
  const against = againstOptions(values);
  if (against !== undefined && only.includes("starts")) {
    throw new TypeError("--against compares requests, not starts");
  }
  return {
    ...runOptions(values),
    against,
    rows: only.length === 0 ? ROWS : ROWS.filter((row) => only.includes(row)),
    starts: against === undefined && (only.length === 0 || only.includes("starts")),
  };
}

function againstOptions(
  { against, path }: { readonly against?: string | undefined; readonly path?: string | undefined },
): AgainstOptions | undefined {
  if (against === undefined && path === undefined) return undefined;
  if (against === undefined || path === undefined || !path.startsWith("/")) {
    throw new TypeError("--against and --path go together: a folder, and a path that begins with /");
  }
  return { checkout: against, path };
}
