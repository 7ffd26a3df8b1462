import type { MigrationSource, Querier } from "../db.ts";
import { DatabaseError } from "../errors.ts";
import { DriverQuerier, type StatementRunner } from "./driver_querier.ts";
import { type Migration, readMigrations } from "./migration_file.ts";
import type { Driver } from "./open_driver.ts";
import { toDatabaseError } from "./to_database_error.ts";

/** Any number that no other program takes for its advisory locks: "archway" in ASCII. */
const lockKey = 0x61726368776179n;

/**
 * Brings the schema up to date on one connection of its own, under a session's advisory lock: instances that start
 * together take turns, and the later ones find nothing left to do. Gives the names of the files it applied.
 */
export async function migrate(
  driver: Driver,
  sources: readonly MigrationSource[],
): Promise<readonly string[]> {
  const migrations = await readMigrations(sources);
  const connection = await driver.reserve().catch((error) => {
    throw toDatabaseError(error);
  });
  try {
    const querier = new DriverQuerier(connection);
    // A long migration is no runaway statement, and the others wait for it.
    await run(connection, "SET statement_timeout = 0; SET client_min_messages = warning");
    await querier.query("SELECT pg_advisory_lock($1::bigint)", [lockKey]);
    await run(connection, "CREATE TABLE IF NOT EXISTS schema_migrations (version varchar PRIMARY KEY)");
    const applied: string[] = [];
    for (const migration of await pending(querier, migrations)) {
      await apply(connection, migration);
      applied.push(migration.fileName);
    }
    return applied;
  } finally {
    await release(connection);
  }
}

/** The names of the files that {@link migrate} would apply. */
export async function pendingMigrations(
  querier: Querier,
  sources: readonly MigrationSource[],
): Promise<readonly string[]> {
  const migrations = await readMigrations(sources);
  const { rows } = await querier.query<{ known: boolean }>(
    "SELECT to_regclass('schema_migrations') IS NOT NULL AS known",
  );
  const open = rows[0]?.known ? await pending(querier, migrations) : migrations;
  return open.map(({ fileName }) => fileName);
}

async function pending(querier: Querier, migrations: readonly Migration[]): Promise<readonly Migration[]> {
  const { rows } = await querier.query<{ version: string }>("SELECT version FROM schema_migrations");
  const done = new Set(rows.map(({ version }) => version));
  return migrations.filter(({ version }) => !done.has(version));
}

async function apply(
  connection: StatementRunner,
  { fileName, source, up, version }: Migration,
): Promise<void> {
  try {
    await run(connection, "BEGIN");
    await run(connection, up);
    await run(connection, `INSERT INTO schema_migrations (version) VALUES ('${version}')`);
    await run(connection, "COMMIT");
  } catch (error) {
    await run(connection, "ROLLBACK").catch(() => undefined);
    const { code, sqlState, cause } = toDatabaseError(error);
    throw new DatabaseError(code, `Migration ${fileName} of ${source} failed`, {
      cause,
      ...(sqlState === undefined ? {} : { sqlState }),
    });
  }
}

/** A text of any number of statements without parameters. */
async function run(connection: StatementRunner, text: string): Promise<void> {
  try {
    await connection.unsafe(text).simple();
  } catch (error) {
    throw toDatabaseError(error);
  }
}

/** Leaves the connection as it was found, for the next one who gets it from the pool. */
async function release(connection: StatementRunner & { release(): void }): Promise<void> {
  await run(connection, "SELECT pg_advisory_unlock_all(); RESET ALL").catch(() => undefined);
  connection.release();
}
