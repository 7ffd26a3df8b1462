import type { ConnectionPool, QueryOptions } from "../db.ts";
import { type ChecksumOptions, checksumTable, type TableChecksum } from "./checksum_table.ts";
import { CopyError } from "./copy_error.ts";
import type { CopiedTable } from "./database_catalog.ts";

/** Returns the number of rows of each table. */
export async function countRows(
  pool: ConnectionPool,
  tables: readonly CopiedTable[],
  options: QueryOptions,
): Promise<readonly number[]> {
  const counts: number[] = [];
  for (const { name } of tables) {
    const sql = `SELECT count(*)::float8 AS count FROM ONLY ${name}`;
    const { rows: [row] } = await pool.writer().query<{ count: number }>(sql, [], options);
    counts.push(row?.count ?? 0);
  }
  return counts;
}

/** Returns the checksum of each table by its name. */
export async function checksumTables(
  pool: ConnectionPool,
  tables: readonly CopiedTable[],
  options: ChecksumOptions,
): Promise<ReadonlyMap<string, TableChecksum>> {
  const checksums = new Map<string, TableChecksum>();
  for (const table of tables) checksums.set(table.name, await checksumTable(pool, table, options));
  return checksums;
}

/** Whether two tables have the same number of rows and the same checksum. */
export function isEqual(left: TableChecksum, right: TableChecksum): boolean {
  return left.rows === right.rows && left.checksum === right.checksum;
}

/**
 * Checks that the target has the same rows as the source.
 *
 * @throws {CopyError} naming the first table that differs.
 */
export function refuseUnequal(
  source: ReadonlyMap<string, TableChecksum>,
  target: ReadonlyMap<string, TableChecksum>,
): void {
  for (const [name, expected] of source) {
    const actual = target.get(name) ?? { rows: 0, checksum: "0" };
    if (isEqual(expected, actual)) continue;
    const counts = expected.rows === actual.rows
      ? `${expected.rows} rows on both sides but different checksums`
      : `${expected.rows} rows in the embedded database but ${actual.rows} in the target`;
    throw new CopyError(
      `The table ${name} differs, with ${counts}: another client has written to it. ` +
        "Empty the target and start again",
    );
  }
}
