import { parseArgs } from "node:util";

/** Parsed arguments of the command `migrate`. */
export type MigrateArguments =
  | { readonly action: "up"; readonly dryRun: boolean }
  | { readonly action: "down"; readonly dryRun: boolean; readonly count: number }
  | { readonly action: "status" }
  | { readonly action: "new"; readonly name: string; readonly service: string | undefined };

/** Invalid arguments. */
export class MigrateArgumentsError extends Error {
  override readonly name = "MigrateArgumentsError";
}

/** Maximum number of migrations to revert at once; more are surely a mistake. */
const MAX_DOWN = 10_000;

/**
 * Parses the arguments of the command `migrate`.
 *
 * @throws {MigrateArgumentsError}
 */
export function parseMigrateArguments(args: readonly string[]): MigrateArguments {
  const { values, positionals } = parse(args);
  const [action = "", first, ...rest] = positionals;
  const { "dry-run": dryRun = false, service } = values;
  if (rest.length > 0) throw new MigrateArgumentsError("too many arguments");
  if (service !== undefined && action !== "new") {
    throw new MigrateArgumentsError("--service applies to new only");
  }
  if (dryRun && action !== "up" && action !== "down") {
    throw new MigrateArgumentsError("--dry-run applies to up and down only");
  }
  switch (action) {
    case "up":
    case "status":
      if (first !== undefined) throw new MigrateArgumentsError(`${action} accepts no positional arguments`);
      return action === "up" ? { action, dryRun } : { action };
    case "down":
      return { action, dryRun, count: parseCount(first) };
    case "new":
      if (first === undefined) {
        throw new MigrateArgumentsError("new requires a name, such as add_phone_numbers");
      }
      return { action, name: first, service };
    default:
      throw new MigrateArgumentsError("expected one of: up, down, status, new");
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
    // The sentences after the first explain how to pass arguments that begin with a dash; no command takes any.
    throw new MigrateArgumentsError(error.message.split(". ", 1)[0] ?? "");
  }
}

function parseCount(text = "1"): number {
  const count = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MAX_DOWN) return count;
  throw new MigrateArgumentsError(`down expects an integer from 1 to ${MAX_DOWN}`);
}
