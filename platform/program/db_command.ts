import { type Config, ConfigError } from "@archway/config/config.ts";
import { TargetUrlError } from "@archway/config/target_url.ts";
import type { MigrationSource } from "@archway/db/db.ts";
import { CopyError } from "@archway/db/copy/copy_error.ts";
import { DbArgumentsError, parseDbArguments } from "./db_arguments.ts";
import { copy } from "./db_copy.ts";
import { status } from "./db_status.ts";
import { formatError, isDatabaseError } from "./format_error.ts";
import { print } from "./print.ts";

const USAGE = `Usage: archway db copy --to <url>
       archway db status [--json]
`;

/** What the environment says. */
export interface DbCommandOptions {
  /** Reads the configuration. */
  readonly configure: () => Config;
  /** Where to copy to, unless `--to` says so: a command line is shown to everybody on the machine. */
  readonly copyToUrl: string | undefined;
  readonly sources: readonly MigrationSource[];
}

/**
 * `archway db`: copies the embedded database to a server, and tells how every server is.
 *
 * @returns the exit code: 0 done, 1 failed, 2 not understood, 130 or 143 stopped by a signal.
 */
export async function db(
  args: readonly string[],
  { configure, copyToUrl, sources }: DbCommandOptions,
): Promise<number> {
  try {
    const asked = parseDbArguments(args);
    if (asked.action === "status") return await status(configure(), asked);
    const to = asked.to ?? copyToUrl;
    if (to === undefined) throw new DbArgumentsError("copy needs --to <url>, or the URL in COPY_TO_URL");
    return await copy(configure(), { url: to, sources });
  } catch (error) {
    if (error instanceof DbArgumentsError) {
      await print(Deno.stderr, `archway db: ${error.message}\n${USAGE}`);
      return 2;
    }
    if (!isUserFacing(error)) throw error;
    await print(Deno.stderr, `archway db: ${formatError(error)}\n`);
    return 1;
  }
}

/** A person can mend these by what they say. */
function isUserFacing(error: unknown): error is Error {
  return error instanceof CopyError || error instanceof TargetUrlError || error instanceof ConfigError ||
    isDatabaseError(error);
}
