import { loadOrCreateDevelopmentKey, signDevelopmentToken } from "@archway/server/authentication.ts";
import type { StorageConfig } from "@archway/config/storage_config.ts";
import { ensureDataDirectory } from "./open_database.ts";
import { print } from "./print.ts";
import { parseTokenArguments, TokenArgumentsError } from "./token_arguments.ts";
import { commandUsage } from "./usage.ts";

/** Options of the command `token`. */
export interface TokenCommandOptions {
  /** Name of the program, for messages. */
  readonly project: string;
  /** Reads the configuration. */
  readonly configure: () => StorageConfig;
  /** Value of AUTH_MODE, if set. */
  readonly authMode: string | undefined;
  /** Default scopes. */
  readonly scopes: readonly string[];
}

/**
 * `token`: prints an access token for development, and nothing else, to the standard output.
 *
 * @returns the exit code: 0 for success, 1 for a failure, 2 for invalid arguments.
 */
export async function token(
  args: readonly string[],
  { project, configure, authMode, scopes }: TokenCommandOptions,
): Promise<number> {
  try {
    const options = parseTokenArguments(args, { scopes });
    const { database } = configure();
    if (database.kind !== "embedded") {
      await print(
        Deno.stderr,
        `${project} token: development tokens require the embedded database; with an external PostgreSQL, use access ` +
          "tokens of an issuer (AUTH_MODE=jwt)\n",
      );
      return 1;
    }
    await ensureDataDirectory(database.dataDirectory);
    const key = await loadOrCreateDevelopmentKey(database.dataDirectory);
    await print(Deno.stdout, `${await signDevelopmentToken(key, options)}\n`);
    if (authMode !== "dev") {
      await print(Deno.stderr, `${project} token: only a service with AUTH_MODE=dev accepts this token\n`);
    }
    return 0;
  } catch (error) {
    if (!(error instanceof TokenArgumentsError)) throw error;
    await print(Deno.stderr, `${project} token: ${error.message}\n${commandUsage(project, "token")}`);
    return 2;
  }
}
