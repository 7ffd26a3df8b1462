import { canonicalTextStatement, useCanonicalText } from "./canonical_text.ts";
import { readRowTexts } from "./copy_range.ts";
import { type CopiedTable, readCatalog } from "./database_catalog.ts";
import { nextRange } from "./key_range.ts";
import { restoreStatements, suspendStatements } from "./suspend_rules.ts";
import type { ConnectionPool, Querier } from "../db.ts";
import { DumpError } from "./dump_error.ts";
import { type DumpedMigration, dumpHeader, dumpTrailer, statementLine } from "./dump_format.ts";
import { sqlLiteral } from "./sql_literal.ts";

/** Options of {@link dumpDatabase}. */
export interface DumpDatabaseOptions {
  /** Writes a part of the dump. */
  readonly write: (text: string) => Promise<void>;
  readonly now: () => Date;
  /** Aborts between two batches. */
  readonly signal?: AbortSignal;
}

/** Result of a dump. */
export interface DumpSummary {
  readonly tables: number;
  readonly rows: number;
}

/** Limits of the rows of one INSERT. */
const LIMITS = { rows: 1_000, bytes: 1024 * 1024 };

/**
 * Writes all rows of the tables that migrations created, positions of sequences and records of the migrations, as a
 * script for psql; see `dump_format.ts`. All of it is from one snapshot.
 *
 * @throws {DumpError} when the database has something that a dump cannot contain.
 */
export async function dumpDatabase(
  pool: ConnectionPool,
  { write, now, signal }: DumpDatabaseOptions,
): Promise<DumpSummary> {
  const writeLines = (lines: readonly string[]): Promise<void> =>
    write(lines.map((line) => `${line}\n`).join(""));
  return await pool.withTx(async (tx) => {
    await useCanonicalText(tx);
    if ((await tx.query("SELECT FROM pg_largeobject_metadata LIMIT 1")).rowCount > 0) {
      throw new DumpError("The database has large objects, which cannot be dumped");
    }
    const catalog = await readCatalog(tx);
    const migrations = await readMigrationRecords(tx);
    const { rows: [about] } = await tx.query<{ server: string }>(
      "SELECT current_setting('server_version') AS server",
    );
    await writeLines([
      ...dumpHeader(migrations, { server: about?.server ?? "", now: now() }),
      ...["BEGIN", canonicalTextStatement, ...suspendStatements(catalog)].map(statementLine),
      ...catalog.tables.map(({ name }) => statementLine(`DELETE FROM ONLY ${name}`)),
    ]);
    let rows = 0;
    for (const table of catalog.tables) {
      for await (const { count, sql } of inserts(tx, table)) {
        signal?.throwIfAborted();
        await writeLines([statementLine(sql)]);
        rows += count;
      }
    }
    await writeLines([
      ...await sequenceStatements(tx, catalog.sequences),
      ...restoreStatements(catalog).map(statementLine),
      ...catalog.materializedViews.map((name) => statementLine(`REFRESH MATERIALIZED VIEW ${name}`)),
      statementLine("COMMIT"),
      dumpTrailer(rows),
    ]);
    return { tables: catalog.tables.length, rows };
  }, { isolation: "repeatable read", readOnly: true, ...(signal === undefined ? {} : { signal }) });
}

async function readMigrationRecords(tx: Querier): Promise<readonly DumpedMigration[]> {
  const { rows: [known] } = await tx.query<{ exists: boolean }>(
    `SELECT to_regclass('schema_migrations') IS NOT NULL
      AND to_regclass('archway_migration_checksums') IS NOT NULL AS exists`,
  );
  if (!known?.exists) throw new DumpError("The database has no migrations, so there is nothing to dump");
  const { rows } = await tx.query<{ version: string; sha256: string | null }>(
    `SELECT version, sha256 FROM schema_migrations LEFT JOIN archway_migration_checksums USING (version)
      ORDER BY version`,
  );
  return rows.map(({ version, sha256 }) => ({ version, sha256: sha256 ?? undefined }));
}

async function* inserts(
  tx: Querier,
  table: CopiedTable,
): AsyncIterable<{ readonly count: number; readonly sql: string }> {
  const names = table.columns.map(({ name }) => name).join(", ");
  let range = await nextRange(tx, table, { after: undefined, limits: LIMITS });
  while (range !== undefined) {
    const rows = await readRowTexts(tx, table, range);
    const values = table.columns.length === 0
      ? `SELECT FROM generate_series(1, ${rows.length})`
      : `(${names}) OVERRIDING SYSTEM VALUE VALUES ${
        rows.map((texts) => `(${texts.map(sqlLiteral).join(", ")})`).join(", ")
      }`;
    yield { count: rows.length, sql: `INSERT INTO ${table.name} ${values}` };
    range = await nextRange(tx, table, { after: range.last, limits: LIMITS });
  }
}

async function sequenceStatements(tx: Querier, names: readonly string[]): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const name of names) {
    const { rows: [position] } = await tx.query<{ value: bigint; called: boolean }>(
      `SELECT last_value AS value, is_called AS called FROM ${name}`,
    );
    if (position === undefined) continue;
    lines.push(statementLine(`SELECT setval(${sqlLiteral(name)}, ${position.value}, ${position.called})`));
  }
  return lines;
}
