import type { MigrationManager, MigrationSource } from "../db.ts";
import { CopyError } from "./copy_error.ts";

/**
 * Refuses a database that has not exactly the migrations of this program: then the two sides would not be alike in
 * what rows do not show, such as indexes.
 *
 * @param name What to call it, e.g. "target".
 * @throws {CopyError} naming the first migration that is in the way.
 */
export async function refuseUnevenMigrations(
  database: MigrationManager,
  sources: readonly MigrationSource[],
  name: string,
): Promise<void> {
  const uneven = (await database.migrationStatus(sources)).find(({ state }) => state !== "applied");
  if (uneven === undefined) return;
  const file = uneven.fileName ?? uneven.version;
  if (uneven.state === "missing") {
    throw new CopyError(`The ${name} has the migration ${file}, which this program does not know`);
  }
  if (uneven.state === "changed") {
    throw new CopyError(`The migration ${file} has changed since it was applied to the ${name}`);
  }
  throw new CopyError(`The ${name} lacks the migration ${file}: run archway migrate up first`);
}
