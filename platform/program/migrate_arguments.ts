import { UsageError } from "@archway/service_kit/command.ts";
import { parseAction, type ParsedAction, refusePositionals } from "@archway/service_kit/parse_action.ts";

/** Parsed arguments of the command `migrate`. */
export type MigrateArguments =
  | { readonly action: "up"; readonly dryRun: boolean }
  | { readonly action: "down"; readonly dryRun: boolean; readonly count: number }
  | { readonly action: "status" }
  | {
    readonly action: "lint";
    /** Names of files, "all", or those that the configured database has not applied. */
    readonly files: readonly string[] | "all" | "pending";
  }
  | { readonly action: "new"; readonly name: string; readonly service: string | undefined };

const ACTIONS = {
  up: { "dry-run": "flag" },
  down: { "dry-run": "flag" },
  status: {},
  lint: { all: "flag" },
  new: { service: "text" },
} as const;

/** Maximum number of migrations to revert at once; more are surely a mistake. */
const MAX_DOWN = 10_000;

/**
 * Parses the arguments of the command `migrate`.
 *
 * @throws {UsageError}
 */
export function parseMigrateArguments(args: readonly string[]): MigrateArguments {
  const parsed = parseAction(args, ACTIONS);
  const { action, positionals: [first, ...rest], values } = parsed;
  const dryRun = values.has("dry-run");
  if (action === "lint") return { action, files: lintedFiles(parsed) };
  if (action === "up" || action === "status") refusePositionals(parsed);
  else if (rest.length > 0) throw new UsageError("too many arguments");
  switch (action) {
    case "up":
      return { action, dryRun };
    case "status":
      return { action };
    case "down":
      return { action, dryRun, count: parseCount(first) };
    case "new":
      if (first === undefined) throw new UsageError("new requires a name, such as add_phone_numbers");
      return { action, name: first, service: values.get("service") };
  }
}

function lintedFiles({ positionals, values }: ParsedAction<string>): readonly string[] | "all" | "pending" {
  if (positionals.length === 0) return values.has("all") ? "all" : "pending";
  if (values.has("all")) throw new UsageError("lint accepts either files or --all");
  // With or without a folder: names of files are unique.
  return positionals.map((path) => path.slice(path.lastIndexOf("/") + 1));
}

function parseCount(text = "1"): number {
  const count = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MAX_DOWN) return count;
  throw new UsageError(`down expects an integer from 1 to ${MAX_DOWN}`);
}
