import { ConfigError } from "@archway/config/config.ts";
import type { StorageConfig } from "@archway/config/storage_config.ts";
import type { MigrationSource } from "@archway/db/db.ts";
import { CopyError } from "@archway/db/copy/copy_error.ts";
import { DumpError } from "@archway/db/copy/dump_error.ts";
import { UsageError } from "@archway/service_kit/command.ts";
import { parseDbArguments } from "./db_arguments.ts";
import { copy } from "./db_copy.ts";
import { dump } from "./db_dump.ts";
import { restore } from "./db_restore.ts";
import { status } from "./db_status.ts";
import { formatError, isDatabaseError } from "./format_error.ts";
import { print } from "./print.ts";
import { commandUsage } from "./usage.ts";

/** Options of the command `db`. */
export interface DbCommandOptions {
  /** Name of the program, for messages. */
  readonly project: string;
  /** Reads the configuration. */
  readonly configure: () => StorageConfig;
  /** Default of `--to`. Every user of the machine can read a command line, but not the environment. */
  readonly copyToUrl: string | undefined;
  readonly sources: readonly MigrationSource[];
}

/**
 * `db`: copies, dumps or restores a database, or prints the status of every server.
 *
 * @returns the exit code: 0 for success, 1 for a failure, 2 for invalid arguments, 130 or 143 after a signal.
 */
export async function db(
  args: readonly string[],
  { project, configure, copyToUrl, sources }: DbCommandOptions,
): Promise<number> {
  try {
    const parsed = parseDbArguments(args);
    if (parsed.action === "status") return await status(configure(), { project, json: parsed.json });
    if (parsed.action === "dump") return await dump(configure(), { project });
    if (parsed.action === "restore") return await restore(configure(), { project, sources });
    const url = parsed.to ?? copyToUrl;
    if (url === undefined) throw new UsageError("copy requires --to <url> or COPY_TO_URL");
    return await copy(configure(), { url, sources });
  } catch (error) {
    if (error instanceof UsageError) {
      await print(Deno.stderr, `${project} db: ${error.message}\n${commandUsage(project, "db")}`);
      return 2;
    }
    if (!isUserFacing(error)) throw error;
    await print(Deno.stderr, `${project} db: ${formatError(error)}\n`);
    return 1;
  }
}

/** Whether an error is the operator's to correct. */
function isUserFacing(error: unknown): error is Error {
  return error instanceof CopyError || error instanceof DumpError || error instanceof ConfigError ||
    isDatabaseError(error);
}
