import type { MigrationSource, Querier } from "../db.ts";
import { DatabaseError } from "../errors.ts";
import { DriverQuerier } from "./driver_querier.ts";
import { type Migration, readMigrations } from "./migration_file.ts";
import type { Driver } from "./open_driver.ts";
import { toDatabaseError } from "./to_database_error.ts";

/** Any number that no other program takes for its advisory locks: "archway" in ASCII. */
const lockKey = 0x61726368776179n;

/** A long migration is no runaway statement, and the others wait for it. */
const prologue = `SET LOCAL statement_timeout = 0;
  SET LOCAL client_min_messages = warning;
  SELECT pg_advisory_xact_lock(${lockKey});
  CREATE TABLE IF NOT EXISTS schema_migrations (version varchar PRIMARY KEY)`;

/**
 * Brings the schema up to date, each file in a transaction of its own that holds an advisory lock: instances that
 * start together take turns, and the later ones find nothing left to do. Gives the names of the files it applied.
 */
export async function migrate(
  driver: Driver,
  sources: readonly MigrationSource[],
): Promise<readonly string[]> {
  const migrations = await readMigrations(sources);
  const applied: string[] = [];
  // Looked up without the lock first: the usual start finds nothing to do.
  for (const migration of await pending(new DriverQuerier(driver), migrations)) {
    if (await apply(driver, migration)) applied.push(migration.fileName);
  }
  return applied;
}

/** The names of the files that {@link migrate} would apply. */
export async function pendingMigrations(
  querier: Querier,
  sources: readonly MigrationSource[],
): Promise<readonly string[]> {
  return (await pending(querier, await readMigrations(sources))).map(({ fileName }) => fileName);
}

async function pending(querier: Querier, migrations: readonly Migration[]): Promise<readonly Migration[]> {
  const { rows: [table] } = await querier.query<{ known: boolean }>(
    "SELECT to_regclass('schema_migrations') IS NOT NULL AS known",
  );
  if (!table?.known) return migrations;
  const { rows } = await querier.query<{ version: string }>("SELECT version FROM schema_migrations");
  const done = new Set(rows.map(({ version }) => version));
  return migrations.filter(({ version }) => !done.has(version));
}

/** Applies one migration unless another instance was quicker. */
async function apply(driver: Driver, { fileName, source, up, version }: Migration): Promise<boolean> {
  try {
    return await driver.begin(async (tx) => {
      await tx.unsafe(prologue).simple();
      const known = await tx.unsafe("SELECT FROM schema_migrations WHERE version = $1", [version]);
      if (known.length > 0) return false;
      await tx.unsafe(up).simple();
      await tx.unsafe("INSERT INTO schema_migrations (version) VALUES ($1)", [version]);
      return true;
    });
  } catch (error) {
    const { code, sqlState, cause } = toDatabaseError(error);
    throw new DatabaseError(code, `Migration ${fileName} of ${source} failed`, {
      cause,
      ...(sqlState === undefined ? {} : { sqlState }),
    });
  }
}
