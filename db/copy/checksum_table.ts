import type { TxManager } from "../db.ts";
import { copiedValue } from "./copied_value.ts";
import { useCanonicalText } from "./canonical_text.ts";
import type { CopiedTable } from "./database_catalog.ts";
import { type KeyText, nextRange, rangeCondition } from "./key_range.ts";

/** Row count and checksum of a table, independent of row order. */
export interface TableChecksum {
  readonly rows: number;
  /** The sum of the first 64 bits of the SHA-256 of every row's text, in decimal digits. */
  readonly checksum: string;
}

/** Options of {@link checksumTable}. */
export interface ChecksumOptions {
  /** Called after every range with its number of rows. */
  readonly onRows: (rows: number) => void;
  /** Aborts between two ranges, with the signal's reason. */
  readonly signal: AbortSignal;
}

/** Limits of a range, small enough for regular progress and prompt cancellation. */
const LIMITS = { rows: 20_000, bytes: 16 * 1024 * 1024 };

/** Computes the checksum of a table on the server. Generated columns are excluded. */
export async function checksumTable(
  database: TxManager,
  table: CopiedTable,
  { onRows, signal }: ChecksumOptions,
): Promise<TableChecksum> {
  let rows = 0;
  let checksum = 0n;
  let range: RangeChecksum | undefined;
  while ((range = await checksumRange(database, table, range?.last)) !== undefined) {
    rows += range.rows;
    checksum += BigInt(range.checksum);
    onRows(range.rows);
    signal.throwIfAborted();
  }
  return { rows, checksum: String(checksum) };
}

interface RangeChecksum extends TableChecksum {
  readonly last: KeyText;
}

async function checksumRange(
  database: TxManager,
  table: CopiedTable,
  after: KeyText | undefined,
): Promise<RangeChecksum | undefined> {
  const text = `ROW(${table.columns.map(copiedValue).join(", ")})::text`;
  return await database.withTx(async (tx) => {
    await useCanonicalText(tx);
    const range = await nextRange(tx, table, { after, limits: LIMITS });
    if (range === undefined) return undefined;
    const { sql, parameters } = rangeCondition(table, range);
    const { rows: [found] } = await tx.query<TableChecksum>(
      `SELECT count(*)::int4 AS rows,
        coalesce(sum(substr(sha256(convert_to(${text}, 'UTF8')), 1, 8)::int8), 0)::text AS checksum
      FROM ONLY ${table.name} WHERE ${sql}`,
      parameters,
    );
    return { rows: found?.rows ?? 0, checksum: found?.checksum ?? "0", last: range.last };
  });
}
