import type { Querier } from "../db.ts";
import { copiedValue } from "./copied_value.ts";
import { CopyError } from "./copy_error.ts";
import type { CopiedTable } from "./database_catalog.ts";
import { type KeyRange, rangeCondition } from "./key_range.ts";

/** Rows of a table by column: each text is a PostgreSQL array of the column's values. */
export interface RowBatch {
  readonly rows: number;
  readonly columns: readonly string[];
}

/** Reads the rows of a range. The transaction must use canonical text. */
export async function readRows(tx: Querier, table: CopiedTable, range: KeyRange): Promise<RowBatch> {
  const arrays = table.columns.map((column, index) =>
    `array_agg((${copiedValue(column)})::text)::text AS c${index}`
  );
  const { sql, parameters } = rangeCondition(table, range);
  const { rows: [row] } = await tx.query<Readonly<Record<string, string>> & { readonly rows: number }>(
    `SELECT ${["count(*)::int4 AS rows", ...arrays].join(", ")} FROM ONLY ${table.name} WHERE ${sql}`,
    parameters,
  );
  return { rows: row?.rows ?? 0, columns: table.columns.map((_, index) => row?.[`c${index}`] ?? "{}") };
}

/** Reads the rows of a range: for each row the texts of its columns. The transaction must use canonical text. */
export async function readRowTexts(
  tx: Querier,
  table: CopiedTable,
  range: KeyRange,
): Promise<readonly (readonly (string | null)[])[]> {
  const texts = table.columns.map((column) => `(${copiedValue(column)})::text`);
  const { sql, parameters } = rangeCondition(table, range);
  const { rows } = await tx.query<{ texts: readonly (string | null)[] }>(
    `SELECT ARRAY[${texts.join(", ")}]::text[] AS texts FROM ONLY ${table.name} WHERE ${sql}`,
    parameters,
  );
  return rows.map(({ texts }) => texts);
}

/** Writes rows unchanged, including identity columns. The transaction must use canonical text. */
export async function writeRows(tx: Querier, table: CopiedTable, batch: RowBatch): Promise<void> {
  const names = table.columns.map(({ name }) => name).join(", ");
  const values = table.columns.map(({ type }, index) => `c${index}::${type}`).join(", ");
  const arrays = table.columns.map((_, index) => `$${index + 1}::text[]`).join(", ");
  const texts = table.columns.map((_, index) => `c${index}`).join(", ");
  const { rowCount } = await tx.query(
    `INSERT INTO ${table.name} (${names}) OVERRIDING SYSTEM VALUE
      SELECT ${values} FROM unnest(${arrays}) AS row (${texts})`,
    batch.columns,
  );
  if (rowCount === batch.rows) return;
  throw new CopyError(
    `The target stored ${rowCount} of ${batch.rows} rows of ${table.name}: disable the rule or trigger that drops rows`,
  );
}
