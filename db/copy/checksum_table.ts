import type { TxManager } from "../db.ts";
import { useCanonicalText } from "./canonical_text.ts";
import type { CopiedTable } from "./database_catalog.ts";
import { type KeyRange, nextRange, rangeCondition } from "./key_range.ts";

/** What the rows of a table are, in whichever order. */
export interface TableChecksum {
  readonly rows: number;
  /** The sum of the first 64 bits of the SHA-256 of every row's text, in decimal digits. */
  readonly checksum: string;
}

/** How computing a checksum is followed and ended. */
export interface ChecksumOptions {
  /** Told after every range: how many rows it had. */
  readonly onRows: (rows: number) => void;
  /** Ends it between two ranges, with the signal's reason. */
  readonly signal: AbortSignal;
}

/** Small enough that progress shows and a signal is heard soon. */
const LIMITS = { rows: 20_000, bytes: 16 * 1024 * 1024 };

/** Lets the server read and add up all rows of a table. Generated columns are not part of it. */
export async function checksumTable(
  database: TxManager,
  table: CopiedTable,
  { onRows, signal }: ChecksumOptions,
): Promise<TableChecksum> {
  const text = `ROW(${table.columns.map(({ name }) => name).join(", ")})::text`;
  return await database.withTx(async (tx) => {
    await useCanonicalText(tx);
    const limits = LIMITS;
    let rows = 0;
    let checksum = 0n;
    let range: KeyRange | undefined;
    while ((range = await nextRange(tx, table, { after: range?.last, limits })) !== undefined) {
      signal.throwIfAborted();
      const { sql, parameters } = rangeCondition(table, range);
      const { rows: [found] } = await tx.query<{ rows: number; checksum: string }>(
        `SELECT count(*)::int4 AS rows,
          coalesce(sum(substr(sha256(convert_to(${text}, 'UTF8')), 1, 8)::int8), 0)::text AS checksum
        FROM ONLY ${table.name} WHERE ${sql}`,
        parameters,
      );
      rows += found?.rows ?? 0;
      checksum += BigInt(found?.checksum ?? 0);
      onRows(found?.rows ?? 0);
    }
    return { rows, checksum: String(checksum) };
  });
}
