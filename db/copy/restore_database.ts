import { canonicalTextStatement } from "./canonical_text.ts";
import { readCatalog } from "./database_catalog.ts";
import { refuseRows } from "./copy_record.ts";
import type { ConnectionPool, MigrateOptions, MigrationSource, Querier } from "../db.ts";
import { DumpError } from "./dump_error.ts";
import { checkFirstLine, type DumpedMigration, migrationOf, rowsOf } from "./dump_format.ts";
import { dumpStatements } from "./dump_statements.ts";

/** Options of {@link restoreDatabase}. */
export interface RestoreDatabaseOptions extends MigrateOptions {
  /** Migrations of this program, among them those of the dump. */
  readonly migrations: readonly MigrationSource[];
  /** Aborts between two statements. */
  readonly signal?: AbortSignal;
}

/** Result of a restoration. */
export interface RestoreSummary {
  readonly rows: number;
}

/** Statements of a script for psql that the transaction replaces: its bounds, and the settings of values. */
const REPLACED = /^(?:BEGIN;|COMMIT;|SELECT set_config\(.*)$/;

/** Runs a line of a dump. Its text is a parameter, so that the session does not keep a prepared statement for each. */
const RUNNER = `CREATE FUNCTION pg_temp.archway_restore(line text) RETURNS int8 LANGUAGE plpgsql AS
  $$ DECLARE count int8; BEGIN EXECUTE line; GET DIAGNOSTICS count = ROW_COUNT; RETURN count; END $$`;

/**
 * Restores a dump into an empty database: applies the migrations of the dump, then inserts all rows in one transaction.
 * The program may have further migrations, which are left to be applied afterwards.
 *
 * @param lines Lines of the dump without their ends.
 * @throws {DumpError} when the dump is incomplete, has a statement that is not of a dump, or does not fit the program or the database.
 */
export async function restoreDatabase(
  pool: ConnectionPool,
  lines: AsyncIterable<string>,
  { migrations, signal, ...observer }: RestoreDatabaseOptions,
): Promise<RestoreSummary> {
  const iterator = lines[Symbol.asyncIterator]();
  let number = 0;
  const next = async (): Promise<string | undefined> => {
    signal?.throwIfAborted();
    number++;
    const { value, done } = await iterator.next();
    return done === true ? undefined : value;
  };
  checkFirstLine(await next());
  const dumped: DumpedMigration[] = [];
  let line = await next();
  for (; line?.startsWith("--") === true; line = await next()) {
    const migration = migrationOf(line);
    if (migration !== undefined) dumped.push(migration);
  }
  await prepare(pool, dumped, { migrations, ...observer });
  const isOfDumps = dumpStatements(await readCatalog(pool.writer()));
  const summary = await pool.withTx(async (tx) => {
    await tx.query(canonicalTextStatement);
    await tx.query(RUNNER);
    let inserted = 0;
    let promised: number | undefined;
    for (; line !== undefined; line = await next()) {
      if (line.startsWith("--")) promised = rowsOf(line) ?? promised;
      else if (line !== "" && !REPLACED.test(line)) {
        if (!isOfDumps(line)) {
          throw new DumpError(
            `Line ${number} is not a statement of a dump of this program: nothing was restored`,
          );
        }
        const count = await run(tx, line);
        if (line.startsWith("INSERT INTO ")) inserted += count;
      }
    }
    if (promised === undefined) throw new DumpError("The dump is incomplete: it lacks its last line");
    if (promised !== inserted) {
      throw new DumpError(`The dump has ${promised} rows, but ${inserted} were stored: nothing was restored`);
    }
    await tx.query("DROP FUNCTION pg_temp.archway_restore");
    return { rows: inserted };
  });
  // The planner has no statistics for the new rows yet.
  for (const { name } of (await readCatalog(pool.writer())).tables) {
    await pool.writer().query(`ANALYZE ${name}`);
  }
  return summary;
}

/** Creates the tables of the dump in an empty database. */
async function prepare(
  pool: ConnectionPool,
  dumped: readonly DumpedMigration[],
  { migrations, ...observer }: RestoreDatabaseOptions,
): Promise<void> {
  await refuseOldServer(pool.writer());
  const versions = new Set(dumped.map(({ version }) => version));
  const known = await pool.migrationStatus(migrations);
  const files = new Set(known.filter(({ fileName }) => fileName !== undefined).map(({ version }) => version));
  const unknown = dumped.find(({ version }) => !files.has(version));
  if (unknown !== undefined) {
    throw new DumpError(
      `The dump has the migration ${unknown.version}, which is unknown to this program: use the program that made it, ` +
        "or a newer one",
    );
  }
  await refuseRows(pool.writer(), await readCatalog(pool.writer()));
  const further = known.find(({ version, state }) => state === "applied" && !versions.has(version));
  if (further !== undefined) {
    throw new DumpError(
      `The database has the migration ${further.version}, but the dump does not: specify an empty database`,
    );
  }
  await pool.migrate(migrations, { ...observer, versions });
  await refuseChanged(pool.writer(), dumped);
}

async function refuseOldServer(querier: Querier): Promise<void> {
  const { rows: [server] } = await querier.query<{ version: number }>(
    "SELECT current_setting('server_version_num')::int4 / 10000 AS version",
  );
  const version = server?.version ?? 0;
  if (version >= 18) return;
  throw new DumpError(`The database is PostgreSQL ${version}, but 18 or later is required`);
}

async function refuseChanged(querier: Querier, dumped: readonly DumpedMigration[]): Promise<void> {
  const { rows } = await querier.query<{ version: string; sha256: string }>(
    "SELECT version, sha256 FROM archway_migration_checksums",
  );
  const applied = new Map(rows.map(({ version, sha256 }) => [version, sha256]));
  const changed = dumped.find(({ version, sha256 }) =>
    sha256 !== undefined && applied.get(version) !== sha256
  );
  if (changed === undefined) return;
  throw new DumpError(
    `The migration ${changed.version} has changed since the dump was made: restore its file`,
  );
}

async function run(tx: Querier, line: string): Promise<number> {
  const { rows: [row] } = await tx.query<{ count: bigint }>("SELECT pg_temp.archway_restore($1) AS count", [
    line,
  ]);
  return Number(row?.count ?? 0);
}
