import type { StorageConfig } from "@archway/config/storage_config.ts";
import { dumpDatabase } from "@archway/db/copy/dump_database.ts";
import { loadOrCreateSecret } from "@archway/service_kit/signing.ts";
import { embeddedDirectory } from "./embedded_directory.ts";
import { openDatabase } from "./open_database.ts";
import { notify, print } from "./print.ts";

/** Options of `db dump`. */
export interface DumpOptions {
  /** Name of the program, for messages. */
  readonly project: string;
}

/**
 * `db dump`: writes the embedded database to the standard output.
 *
 * @returns the exit code 0.
 * @throws {CopyError | DatabaseError | DumpError | EmbeddedError}
 */
export async function dump(config: StorageConfig, { project }: DumpOptions): Promise<number> {
  const directory = await embeddedDirectory(config, "dumped");
  const pool = { ...config.pool, statementTimeoutMs: 0, transactionTimeoutMs: 0 };
  await using database = await openDatabase({ ...config, pool }, { use: "command" });
  const { tables, rows } = await dumpDatabase(database.pool, {
    write: (text) => print(Deno.stdout, text),
    now: () => new Date(),
  });
  if (config.generatesSecret) await loadOrCreateSecret(directory);
  const secret = config.generatesSecret
    ? `; secrets are not in it, so move ${directory}/hmac_secret too`
    : "";
  notify(`${project} db: ${rows.toLocaleString("en")} rows of ${tables} tables dumped${secret}\n`);
  return 0;
}
