import { parseArgs } from "node:util";

/** What `archway migrate` is asked to do. */
export type MigrateArguments =
  | { readonly action: "up"; readonly dryRun: boolean }
  | { readonly action: "down"; readonly dryRun: boolean; readonly count: number }
  | { readonly action: "status" }
  | { readonly action: "new"; readonly name: string; readonly service: string | undefined };

/** The arguments cannot be understood. */
export class MigrateArgumentsError extends Error {
  override readonly name = "MigrateArgumentsError";
}

/** More than this is surely a slip. */
const MAX_DOWN = 10_000;

/** Reads what follows `archway migrate`. Throws {@link MigrateArgumentsError}. */
export function parseMigrateArguments(args: readonly string[]): MigrateArguments {
  const { values, positionals } = parse(args);
  const [action = "", first, ...rest] = positionals;
  const { "dry-run": dryRun = false, service } = values;
  if (rest.length > 0) throw new MigrateArgumentsError("There are more arguments than it takes");
  if (service !== undefined && action !== "new") {
    throw new MigrateArgumentsError("--service goes with new only");
  }
  if (dryRun && action !== "up" && action !== "down") {
    throw new MigrateArgumentsError("--dry-run goes with up and down only");
  }
  switch (action) {
    case "up":
    case "status":
      if (first !== undefined) throw new MigrateArgumentsError(`"${action}" takes no argument`);
      return action === "up" ? { action, dryRun } : { action };
    case "down":
      return { action, dryRun, count: parseCount(first) };
    case "new":
      if (first === undefined) {
        throw new MigrateArgumentsError('"new" needs a name, such as add_phone_numbers');
      }
      return { action, name: first, service };
    default:
      throw new MigrateArgumentsError("It takes up, down, status or new");
  }
}

function parse(args: readonly string[]): {
  readonly values: { readonly "dry-run"?: boolean; readonly service?: string };
  readonly positionals: readonly string[];
} {
  try {
    const { values: { "dry-run": dryRun, service }, positionals } = parseArgs({
      args: [...args],
      options: { "dry-run": { type: "boolean" }, service: { type: "string" } },
      allowPositionals: true,
    });
    return {
      values: {
        ...(dryRun !== undefined && { "dry-run": dryRun }),
        ...(service !== undefined && { service }),
      },
      positionals,
    };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // What follows the first sentence is about arguments that begin with a dash, and there are none.
    throw new MigrateArgumentsError(error.message.split(". ", 1)[0] ?? "");
  }
}

function parseCount(text = "1"): number {
  const count = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MAX_DOWN) return count;
  throw new MigrateArgumentsError(`"down" takes a whole number from 1 to ${MAX_DOWN}`);
}
