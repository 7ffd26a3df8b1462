import type { StorageConfig } from "@archway/config/storage_config.ts";
import type { MigrationSource } from "@archway/db/db.ts";
import { DumpError } from "@archway/db/copy/dump_error.ts";
import { restoreDatabase } from "@archway/db/copy/restore_database.ts";
import { migrationReporter } from "./migration_reporter.ts";
import { openDatabase } from "./open_database.ts";
import { print } from "./print.ts";

/** Options of `db restore`. */
export interface RestoreOptions {
  /** Name of the program, for messages. */
  readonly project: string;
  readonly sources: readonly MigrationSource[];
}

/**
 * `db restore`: restores a dump from the standard input into the configured database.
 *
 * @returns the exit code 0.
 * @throws {DatabaseError | DumpError | EmbeddedError | MigrationError}
 */
export async function restore(config: StorageConfig, { project, sources }: RestoreOptions): Promise<number> {
  if (Deno.stdin.isTerminal()) throw new DumpError(`Expected a dump: ${project} db restore < dump.sql`);
  const pool = { ...config.pool, statementTimeoutMs: 0, transactionTimeoutMs: 0 };
  await using database = await openDatabase({ ...config, pool });
  const { rows } = await restoreDatabase(database.pool, linesOf(Deno.stdin.readable), {
    ...migrationReporter,
    migrations: sources,
  });
  const pending = await database.pool.pendingMigrations(sources);
  const further = pending.length === 0 || config.migrateOnStart
    ? ""
    : `; ${pending.length} newer migrations are pending, run ${project} migrate up`;
  await print(Deno.stdout, `Restored ${rows.toLocaleString("en")} rows${further}\n`);
  return 0;
}

/** Returns the lines of a text in UTF-8. */
async function* linesOf(input: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncIterable<string> {
  let parts: string[] = [];
  for await (const text of input.pipeThrough(new TextDecoderStream("utf-8", { fatal: true }))) {
    const [first = "", ...others] = text.split("\n");
    parts.push(first);
    for (const other of others) {
      yield parts.join("").replace(/\r$/, "");
      parts = [other];
    }
  }
  if (parts.join("") !== "") yield parts.join("");
}
