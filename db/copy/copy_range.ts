import type { Querier, Transaction } from "../db.ts";
import { copiedValue } from "./copied_value.ts";
import { CopyError } from "./copy_error.ts";
import type { CopiedTable } from "./database_catalog.ts";
import { type KeyRange, literalCondition, rangeCondition } from "./key_range.ts";

/** Rows of a range. */
export interface RowBatch {
  readonly rows: number;
  /** Writes them unchanged, including identity columns. The transaction must use canonical text. */
  write(target: Transaction): Promise<void>;
}

/** Reads the rows of a range. The transaction must use canonical text. */
export type ReadRows = (tx: Transaction, table: CopiedTable, range: KeyRange) => Promise<RowBatch>;

/** Reads rows in the text format of COPY, which the target takes as it is. */
export async function readByCopy(tx: Transaction, table: CopiedTable, range: KeyRange): Promise<RowBatch> {
  // A statement needs a column for each value.
  if (tx.rowCopy === undefined || table.columns.length === 0) return await readArrays(tx, table, range);
  const condition = literalCondition(table, range);
  const values = table.columns.map(copiedValue).join(", ");
  const text = `COPY (SELECT ${values} FROM ONLY ${table.name} WHERE ${condition}) TO STDOUT`;
  const parts: Uint8Array[] = [];
  const read = tx.rowCopy.read(text);
  let next = await read.next();
  for (; next.done !== true; next = await read.next()) parts.push(next.value);
  const rows = next.value;
  const write = async (target: Transaction): Promise<void> => {
    const written = await target.rowCopy?.write(`COPY ${table.name} (${namesOf(table)}) FROM STDIN`, parts);
    refuseLoss(table, rows, written);
  };
  return { rows, write };
}

/** Reads rows by column, each as the text of an array of its values. */
export async function readArrays(tx: Transaction, table: CopiedTable, range: KeyRange): Promise<RowBatch> {
  const aggregates = table.columns.map((column, index) =>
    `array_agg((${copiedValue(column)})::text)::text AS c${index}`
  );
  const { sql, parameters } = rangeCondition(table, range);
  const { rows: [row] } = await tx.query<Readonly<Record<string, string>> & { readonly rows: number }>(
    `SELECT ${["count(*)::int4 AS rows", ...aggregates].join(", ")} FROM ONLY ${table.name} WHERE ${sql}`,
    parameters,
  );
  const rows = row?.rows ?? 0;
  const columns = table.columns.map((_, index) => row?.[`c${index}`] ?? "{}");
  const values = table.columns.map(({ type }, index) => `c${index}::${type}`).join(", ");
  const arrays = table.columns.map((_, index) => `$${index + 1}::text[]`).join(", ");
  const texts = table.columns.map((_, index) => `c${index}`).join(", ");
  const insert = `INSERT INTO ${table.name} (${namesOf(table)}) OVERRIDING SYSTEM VALUE
    SELECT ${values} FROM unnest(${arrays}) AS row (${texts})`;
  const write = async (target: Transaction): Promise<void> => {
    refuseLoss(table, rows, (await target.query(insert, columns)).rowCount);
  };
  return { rows, write };
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

function namesOf({ columns }: CopiedTable): string {
  return columns.map(({ name }) => name).join(", ");
}

function refuseLoss({ name }: CopiedTable, rows: number, written: number | undefined): void {
  if (written === rows) return;
  throw new CopyError(
    `The target stored ${
      written ?? 0
    } of ${rows} rows of ${name}: disable the rule or trigger that drops rows`,
  );
}
