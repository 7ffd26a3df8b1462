import type { Querier } from "../db.ts";
import { CopyError } from "./copy_error.ts";
import type { TableChecksum } from "./checksum_table.ts";
import type { DatabaseCatalog } from "./database_catalog.ts";
import type { KeyText } from "./key_range.ts";

/**
 * How far a copy is: "begun" while the target's tables are made, "copying" until every row was found equal, then
 * "finished". The target keeps it, so that whichever process goes on knows.
 */
export interface CopyRecord {
  readonly state: "begun" | "copying" | "finished";
  /** When it was finished, RFC 3339. */
  readonly finishedAt: string | null;
}

/** How far a table is. */
export interface TableProgress {
  /** What the source had when copying it began. */
  readonly source: TableChecksum;
  /** How many rows the target has. */
  readonly copied: number;
  /** The last of them; null where none is there, or the table has no primary key. */
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
 * Finds the record of a copy of this source; undefined: the target is empty. Waits for a batch that an earlier process
 * left on its way.
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
  throw new CopyError("The target holds a copy of another embedded database: name an empty database");
}

/** Begins a record where {@link findRecord} has found none. */
export async function beginRecord(tx: Querier, sourceId: string): Promise<void> {
  for (const sql of TABLES) await tx.query(sql);
  await tx.query("INSERT INTO archway_copy (source_id, state) VALUES ($1, 'begun')", [sourceId]);
}

/** What the migrations note of themselves is no reason: somebody made the tables before. */
const NOTES = ["schema_migrations", "archway_migration_checksums"];

async function refuseRows(tx: Querier, { tables }: DatabaseCatalog): Promise<undefined> {
  for (const { name } of tables) {
    if (NOTES.some((note) => name.endsWith(`.${note}`))) continue;
    const { rowCount } = await tx.query(`SELECT FROM ONLY ${name} LIMIT 1`);
    if (rowCount > 0) {
      throw new CopyError(`The target is not empty, ${name} has rows: name an empty database`);
    }
  }
  return undefined;
}

/** Notes that the tables are ready and what is to come into them. */
export async function beginCopying(tx: Querier, sources: ReadonlyMap<string, TableChecksum>): Promise<void> {
  for (const [name, source] of sources) await restartTable(tx, name, source);
  await tx.query("UPDATE archway_copy SET state = 'copying'");
}

/** Notes that a table is empty, and what is to come into it. */
export async function restartTable(tx: Querier, name: string, source: TableChecksum): Promise<void> {
  await tx.query(
    `INSERT INTO archway_copy_tables (name, row_count, checksum) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE
      SET row_count = excluded.row_count, checksum = excluded.checksum, copied = 0, last_key = NULL`,
    [name, source.rows, source.checksum],
  );
}

/** How far every table is, after the batches on their way have ended; others have to wait. */
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
export interface NotedBatch {
  readonly table: string;
  readonly rows: number;
  /** How many rows were there before. */
  readonly before: number;
  /** Its last row; null for a table without a primary key. */
  readonly last: KeyText | null;
}

/**
 * Notes a batch in the transaction that writes it.
 *
 * @throws {CopyError} when another process has written meanwhile.
 */
export async function noteBatch(tx: Querier, { table, rows, before, last }: NotedBatch): Promise<void> {
  const { rowCount } = await tx.query(
    `UPDATE archway_copy_tables SET copied = copied + $2, last_key = $3::text::jsonb WHERE name = $1 AND copied = $4`,
    [table, rows, last === null ? null : JSON.stringify(last), before],
  );
  if (rowCount !== 1) throw new CopyError("Another process copies into the same target");
}

/** Notes that all is there; of the record remains where the rows came from, and when. */
export async function finishRecord(tx: Querier): Promise<void> {
  await tx.query("UPDATE archway_copy SET state = 'finished', finished_at = now()");
  await tx.query("DROP TABLE archway_copy_tables");
}
