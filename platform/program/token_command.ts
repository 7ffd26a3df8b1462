import { loadOrCreateDevelopmentKey, signDevelopmentToken } from "@archway/server/authentication.ts";
import type { Config } from "@archway/config/config.ts";
import { ensureDataDirectory } from "./open_database.ts";
import { print } from "./print.ts";
import { parseTokenArguments, TokenArgumentsError } from "./token_arguments.ts";

/** What the command is told by the environment. */
export interface TokenCommandOptions {
  readonly configure: () => Config;
  /** AUTH_MODE, if it is set. */
  readonly authMode: string | undefined;
  /** Scopes of a token that names none. */
  readonly scopes: readonly string[];
}

const USAGE = 'Usage: archway token [--subject <name>] [--scope "<scope> …"] [--expires <duration>]\n';

/**
 * `archway token`: a token for development, alone on the standard output.
 *
 * @returns the exit code: 0 done, 1 failed, 2 not understood.
 */
export async function token(args: readonly string[], options: TokenCommandOptions): Promise<number> {
  try {
    const wanted = parseTokenArguments(args, { scopes: options.scopes });
    const { database } = options.configure();
    if (database.kind !== "embedded") {
      await print(
        Deno.stderr,
        "archway token: Tokens for development are for the embedded database; with a server of your own, those of " +
          "an issuer are needed\n",
      );
      return 1;
    }
    await ensureDataDirectory(database.dataDirectory);
    const key = await loadOrCreateDevelopmentKey(database.dataDirectory);
    await print(Deno.stdout, `${await signDevelopmentToken(key, wanted)}\n`);
    if (options.authMode !== "dev") {
      await print(Deno.stderr, "archway token: It is taken by a service that runs with AUTH_MODE=dev\n");
    }
    return 0;
  } catch (error) {
    if (!(error instanceof TokenArgumentsError)) throw error;
    await print(Deno.stderr, `archway token: ${error.message}\n${USAGE}`);
    return 2;
  }
}
