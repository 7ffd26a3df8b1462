import { join } from "node:path";
import type { StorageConfig } from "@archway/config/storage_config.ts";
import { CopyError } from "@archway/db/copy/copy_error.ts";
import { holdsDatabase } from "@archway/db/embedded/holds_database.ts";

/**
 * Returns the data directory of the embedded database.
 *
 * @param verb What would happen to it, for messages.
 * @throws {CopyError} if there is none.
 */
export async function embeddedDirectory(
  { database }: StorageConfig,
  verb: "copied" | "dumped",
): Promise<string> {
  if (database.kind === "postgres") {
    throw new CopyError(
      `Only the embedded database can be ${verb}, but an external PostgreSQL is configured; ` +
        (verb === "copied" ? "use pg_dump and pg_restore to copy from one server to another" : "use pg_dump"),
    );
  }
  const { dataDirectory } = database;
  if (await holdsDatabase(join(dataDirectory, "postgres"))) return dataDirectory;
  throw new CopyError(
    `No embedded database in ${dataDirectory}; set EMBEDDED_DATA_DIR to its data directory`,
  );
}
