import type { Querier } from "../db.ts";
import type { CopiedColumn, CopiedTable } from "./database_catalog.ts";
import { sqlLiteral } from "./sql_literal.ts";

/** Position in a table: the text of each column of its key. */
export type KeyText = readonly string[];

/** Rows after one position, up to and including another. */
export interface KeyRange {
  /** From the first row if undefined. */
  readonly after: KeyText | undefined;
  readonly last: KeyText;
}

/** Maximum size of a range. */
export interface RangeLimits {
  readonly rows: number;
  /** Stored size in bytes, with a large allowance for compressed values. A single row may exceed it. */
  readonly bytes: number;
}

/** Physical position of a row, the key of tables without a primary key. Stable while nothing writes to them. */
const ROW_PLACE: readonly CopiedColumn[] = [{ name: "ctid", type: "tid" }];

/** Returns the largest range of rows after `after` within the limits; undefined if none. */
export async function nextRange(
  querier: Querier,
  table: CopiedTable,
  { after, limits }: { readonly after: KeyText | undefined; readonly limits: RangeLimits },
): Promise<KeyRange | undefined> {
  const key = keyOf(table);
  const names = key.map(({ name }) => name).join(", ");
  const size = table.columns.map(({ name }) => sizeOf(name)).join(" + ") || "0";
  const last = key.map(({ name }, index) => `${name}::text AS k${index}`).join(", ");
  const texts = key.map((_, index) => `k${index}`).join(", ");
  const { rows: [row] } = await querier.query<{ last: KeyText }>(
    `SELECT jsonb_build_array(${texts}) AS last FROM (
      SELECT ${last}, row_number() OVER place AS number, sum(size) OVER place AS bytes FROM (
        SELECT ${names}, ${size} AS size FROM ONLY ${table.name}
        ${
      after === undefined ? "" : `WHERE ${compare(key, ">", parametersFrom(1, key))}`
    } ORDER BY ${names} LIMIT ${limits.rows}
      ) AS row WINDOW place AS (ORDER BY ${names} ROWS UNBOUNDED PRECEDING)
    ) AS row WHERE bytes <= ${limits.bytes} OR number = 1 ORDER BY number DESC LIMIT 1`,
    after ?? [],
  );
  return row === undefined ? undefined : { after, last: row.last };
}

/** Condition that selects the rows of a range, with parameters numbered from 1. */
export function rangeCondition(
  table: CopiedTable,
  { after, last }: KeyRange,
): { readonly sql: string; readonly parameters: readonly string[] } {
  const key = keyOf(table);
  const upTo = compare(key, "<=", parametersFrom(1, key));
  return after === undefined ? { sql: upTo, parameters: last } : {
    sql: `${upTo} AND ${compare(key, ">", parametersFrom(key.length + 1, key))}`,
    parameters: [...last, ...after],
  };
}

/** Returns the same condition with literals, for COPY, which has no parameters. */
export function literalCondition(table: CopiedTable, { after, last }: KeyRange): string {
  const key = keyOf(table);
  const upTo = compare(key, "<=", last.map(sqlLiteral));
  return after === undefined ? upTo : `${upTo} AND ${compare(key, ">", after.map(sqlLiteral))}`;
}

/** Assumed compression ratio: pglz rarely exceeds it. */
const COMPRESSION = 20;

/** Computes the size without reading the value, which may be stored out of line. */
function sizeOf(column: string): string {
  const factor = `CASE WHEN pg_column_compression(${column}) IS NULL THEN 1 ELSE ${COMPRESSION} END`;
  return `coalesce(pg_column_size(${column}), 0)::int8 * ${factor}`;
}

function keyOf({ key }: CopiedTable): readonly CopiedColumn[] {
  return key.length > 0 ? key : ROW_PLACE;
}

function parametersFrom(first: number, key: readonly CopiedColumn[]): readonly string[] {
  return key.map((_, index) => `$${first + index}`);
}

function compare(key: readonly CopiedColumn[], operator: string, values: readonly string[]): string {
  const names = key.map(({ name }) => name).join(", ");
  const typed = key.map(({ type }, index) => `${values[index]}::${type}`).join(", ");
  return `(${names}) ${operator} (${typed})`;
}
