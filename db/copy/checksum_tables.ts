import type { ConnectionPool, QueryOptions } from "../db.ts";
import { type ChecksumOptions, checksumTable, type TableChecksum } from "./checksum_table.ts";
import { CopyError } from "./copy_error.ts";
import type { CopiedTable } from "./database_catalog.ts";

/** How many rows each table has. */
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

/** The checksum of each table, by its name. */
export async function checksumTables(
  pool: ConnectionPool,
  tables: readonly CopiedTable[],
  options: ChecksumOptions,
): Promise<ReadonlyMap<string, TableChecksum>> {
  const checksums = new Map<string, TableChecksum>();
  for (const table of tables) checksums.set(table.name, await checksumTable(pool, table, options));
  return checksums;
}

/** Whether two tables have the same rows, as often. */
export function isEqual(left: TableChecksum, right: TableChecksum): boolean {
  return left.rows === right.rows && left.checksum === right.checksum;
}

/**
 * Refuses a copy that is not what it was made from.
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
      ? `the same number of rows, ${expected.rows}, and another checksum`
      : `${expected.rows} rows in the embedded database and ${actual.rows} in the target`;
    throw new CopyError(
      `The table ${name} is not equal on both sides, with ${counts}: somebody else has written to it. ` +
        "Empty the target and begin again",
    );
  }
}
