import type { MigrationManager, MigrationSource } from "../db.ts";
import { CopyError } from "./copy_error.ts";

/**
 * Checks that a database has exactly the migrations of this program. Otherwise the two sides could differ in objects
 * that rows do not show, such as indexes.
 *
 * @param name Name of the database in messages, e.g. "target".
 * @throws {CopyError} naming the first migration that differs.
 */
export async function refuseMigrationMismatch(
  database: MigrationManager,
  sources: readonly MigrationSource[],
  name: string,
): Promise<void> {
  const mismatch = (await database.migrationStatus(sources)).find(({ state }) => state !== "applied");
  if (mismatch === undefined) return;
  const file = mismatch.fileName ?? mismatch.version;
  if (mismatch.state === "missing") {
    throw new CopyError(`The ${name} has the migration ${file}, which is unknown to this program`);
  }
  if (mismatch.state === "changed") {
    throw new CopyError(`The migration ${file} has changed since it was applied to the ${name}`);
  }
  throw new CopyError(`The ${name} lacks the migration ${file}: run archway migrate up first`);
}
