import type { Querier } from "../db.ts";
import { CopyError } from "./copy_error.ts";
import type { TableChecksum } from "./checksum_table.ts";
import type { DatabaseCatalog } from "./database_catalog.ts";
import type { KeyText } from "./key_range.ts";

/**
 * Progress of a copy, stored in the target so that any process can resume it. "begun" while the target's tables are
 * created, "copying" until all rows have been compared, then "finished".
 */
export interface CopyRecord {
  readonly state: "begun" | "copying" | "finished";
  /** RFC 3339 time at which it was finished. */
  readonly finishedAt: string | null;
}

/** Progress of a table. */
export interface TableProgress {
  /** Checksum of the source when copying the table began. */
  readonly source: TableChecksum;
  /** Number of rows in the target. */
  readonly copied: number;
  /** Key of the last row copied; null if there is none or the table has no primary key. */
  readonly last: KeyText | null;
}

const TABLES = [
  `CREATE TABLE archway_copy (
    source_id uuid PRIMARY KEY,
    state text NOT NULL,
    begun_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
  )`,
  `CREATE TABLE archway_copy_tables (
    name text PRIMARY KEY,
    row_count bigint NOT NULL,
    checksum text NOT NULL,
    copied bigint NOT NULL DEFAULT 0,
    last_key jsonb
  )`,
];

/**
 * Returns the record of a copy of this source; undefined if the target is empty. Waits for a batch that an earlier
 * process has not committed yet.
 *
 * @throws {CopyError} when the target has rows, or a copy of another source.
 */
export async function findRecord(
  tx: Querier,
  sourceId: string,
  target: DatabaseCatalog,
): Promise<CopyRecord | undefined> {
  const { rows: [known] } = await tx.query<{ exists: boolean }>(
    "SELECT to_regclass('archway_copy') IS NOT NULL AS exists",
  );
  if (!known?.exists) return await refuseRows(tx, target);
  const { rows: [row] } = await tx.query<CopyRecord & { readonly sourceId: string }>(
    `SELECT source_id::text AS "sourceId", state, finished_at AS "finishedAt" FROM archway_copy FOR UPDATE`,
  );
  if (row?.sourceId === sourceId) return { state: row.state, finishedAt: row.finishedAt };
  throw new CopyError("The target contains a copy of another embedded database: specify an empty database");
}

/** Creates a record where {@link findRecord} has found none. */
export async function beginRecord(tx: Querier, sourceId: string): Promise<void> {
  for (const sql of TABLES) await tx.query(sql);
  await tx.query("INSERT INTO archway_copy (source_id, state) VALUES ($1, 'begun')", [sourceId]);
}

/** Tables of the migration runner, which may have rows if the tables were created before. */
const MIGRATION_TABLES = ["schema_migrations", "archway_migration_checksums"];

/** Throws a {@link CopyError} if a table has rows, apart from the records of migrations. */
export async function refuseRows(tx: Querier, { tables }: DatabaseCatalog): Promise<undefined> {
  for (const { name } of tables) {
    if (MIGRATION_TABLES.some((table) => name.endsWith(`.${table}`))) continue;
    const { rowCount } = await tx.query(`SELECT FROM ONLY ${name} LIMIT 1`);
    if (rowCount > 0) {
      throw new CopyError(`The target is not empty, ${name} has rows: specify an empty database`);
    }
  }
  return undefined;
}

/** Records that the tables are ready and which rows are to be copied into them. */
export async function beginCopying(tx: Querier, sources: ReadonlyMap<string, TableChecksum>): Promise<void> {
  for (const [name, source] of sources) await restartTable(tx, name, source);
  await tx.query("UPDATE archway_copy SET state = 'copying'");
}

/** Records that a table is empty and which rows are to be copied into it. */
export async function restartTable(tx: Querier, name: string, source: TableChecksum): Promise<void> {
  await tx.query(
    `INSERT INTO archway_copy_tables (name, row_count, checksum) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE
      SET row_count = excluded.row_count, checksum = excluded.checksum, copied = 0, last_key = NULL`,
    [name, source.rows, source.checksum],
  );
}

/** Locks and returns the progress of every table, after batches in flight have ended. */
export async function readProgress(tx: Querier): Promise<ReadonlyMap<string, TableProgress>> {
  const { rows } = await tx.query<
    { name: string; count: number; checksum: string; copied: number; last: KeyText }
  >(
    `SELECT name, row_count::float8 AS count, checksum, copied::float8 AS copied, last_key AS last
      FROM archway_copy_tables FOR UPDATE`,
  );
  return new Map(
    rows.map(({ name, count, checksum, copied, last }) =>
      [name, { source: { rows: count, checksum }, copied, last }] as const
    ),
  );
}

/** A batch that is being written. */
export interface RecordedBatch {
  readonly table: string;
  readonly rows: number;
  /** Number of rows before the batch. */
  readonly before: number;
  /** Key of its last row; null for a table without a primary key. */
  readonly last: KeyText | null;
}

/**
 * Records a batch in the transaction that writes it.
 *
 * @throws {CopyError} when another process has written in the meantime.
 */
export async function recordBatch(tx: Querier, { table, rows, before, last }: RecordedBatch): Promise<void> {
  const { rowCount } = await tx.query(
    `UPDATE archway_copy_tables SET copied = copied + $2, last_key = $3::text::jsonb WHERE name = $1 AND copied = $4`,
    [table, rows, last === null ? null : JSON.stringify(last), before],
  );
  if (rowCount !== 1) throw new CopyError("Another process is copying into the same target");
}

/** Records completion. Only the source and the time remain of the record. */
export async function finishRecord(tx: Querier): Promise<void> {
  await tx.query("UPDATE archway_copy SET state = 'finished', finished_at = now()");
  await tx.query("DROP TABLE archway_copy_tables");
}
