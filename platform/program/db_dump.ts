import type { StorageConfig } from "@archway/config/storage_config.ts";
import { dumpDatabase, type DumpSummary } from "@archway/db/copy/dump_database.ts";
import { loadOrCreateSecret } from "@archway/service_kit/signing.ts";
import { embeddedDirectory } from "./embedded_directory.ts";
import { openDatabase } from "./open_database.ts";
import { notify, print } from "./print.ts";
import { spool, type Write } from "./spool.ts";

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
  const toOutput: Write = (text) => print(Deno.stdout, text);
  const run = (write: Write): Promise<DumpSummary> =>
    dumpDatabase(database.pool, { write, now: () => new Date() });
  // The transaction blocks the service that has the database open: it must not last as long as the output is read.
  const { tables, rows } = database.isElsewhere
    ? await spool({ fill: run, write: toOutput, directory })
    : await run(toOutput);
  if (config.generatesSecret) await loadOrCreateSecret(directory);
  const secret = config.generatesSecret
    ? `; secrets are not in it, so move ${directory}/hmac_secret too`
    : "";
  notify(`${project} db: ${rows.toLocaleString("en")} rows of ${tables} tables dumped${secret}\n`);
  return 0;
}
