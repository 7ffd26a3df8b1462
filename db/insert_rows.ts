import type { Transaction } from "./db.ts";
import { DatabaseError } from "./errors.ts";

/** Value of a column. */
export type RowValue = null | boolean | number | bigint | string;

/** Table and columns of {@link insertRows}. */
export interface InsertTarget {
  /** Name as in SQL. */
  readonly table: string;
  /** Types by the names of the columns, as in SQL and in the order of the values. */
  readonly columns: Readonly<Record<string, string>>;
}

/**
 * Inserts rows: by COPY where driver and server have it, otherwise by one INSERT. For commands that write many; their errors
 * name the row and the column with COPY. Rules of the table do not apply to a COPY, triggers do.
 *
 * @returns the number of rows.
 */
export async function insertRows(
  tx: Transaction,
  { table, columns }: InsertTarget,
  rows: Iterable<readonly RowValue[]>,
): Promise<number> {
  const names = Object.keys(columns);
  const { rowCopy } = tx;
  if (rowCopy?.canWrite === true) {
    return await rowCopy.write(`COPY ${table} (${names.join(", ")}) FROM STDIN`, partsOf(rows));
  }
  const values = names.map((): RowValue[] => []);
  for (const row of rows) values.forEach((column, index) => column.push(row[index] ?? null));
  const arrays = Object.values(columns).map((type, index) => `$${index + 1}::${type}[]`);
  const list = names.join(", ");
  const { rowCount } = await tx.query(
    `INSERT INTO ${table} (${list}) SELECT ${list} FROM unnest(${arrays.join(", ")}) AS row (${list})`,
    values,
  );
  return rowCount;
}

/** Length of a text from which it is sent. */
const partLength = 64 * 1024;

const encoder = new TextEncoder();

/** Escapes of the text format (PostgreSQL, "COPY"). */
const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Returns rows in the text format of COPY, in parts of some size. */
function* partsOf(rows: Iterable<readonly RowValue[]>): Generator<Uint8Array> {
  let text = "";
  for (const row of rows) {
    text += `${row.map(textOf).join("\t")}\n`;
    if (text.length < partLength) continue;
    yield encoder.encode(text);
    text = "";
  }
  if (text !== "") yield encoder.encode(text);
}

function textOf(value: RowValue): string {
  if (value === null) return "\\N";
  if (typeof value !== "string") return String(value);
  // Encoding would silently replace a lone surrogate.
  if (!value.isWellFormed()) {
    throw new DatabaseError("invalid-value", "A text with a lone surrogate cannot be stored");
  }
  return /[\\\n\r\t]/.test(value)
    ? value.replace(/[\\\n\r\t]/g, (character) => escapes[character] ?? character)
    : value;
}
