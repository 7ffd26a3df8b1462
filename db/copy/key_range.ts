import type { Querier } from "../db.ts";
import type { CopiedColumn, CopiedTable } from "./database_catalog.ts";

/** A place in a table: the text of each column of its key. */
export type KeyText = readonly string[];

/** The rows of a table after one place up to another one, that included. */
export interface KeyRange {
  /** undefined: from the first row on. */
  readonly after: KeyText | undefined;
  readonly last: KeyText;
}

/** How large a range may become. */
export interface RangeLimits {
  readonly rows: number;
  /** Of the rows as they are stored, what is compressed taken for much larger; a single row may have more. */
  readonly bytes: number;
}

/** Where a row lies: for a table without a primary key, as long as nobody writes to it. */
const ROW_PLACE: readonly CopiedColumn[] = [{ name: "ctid", type: "tid" }];

/** The rows that follow `after`, as many as the limits allow; undefined: there are none. */
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
        ${after === undefined ? "" : `WHERE ${compare(key, ">", 1)}`} ORDER BY ${names} LIMIT ${limits.rows}
      ) AS row WINDOW place AS (ORDER BY ${names} ROWS UNBOUNDED PRECEDING)
    ) AS row WHERE bytes <= ${limits.bytes} OR number = 1 ORDER BY number DESC LIMIT 1`,
    after ?? [],
  );
  return row === undefined ? undefined : { after, last: row.last };
}

/** The condition that a row lies in a range, and its parameters, numbered from 1. */
export function rangeCondition(
  table: CopiedTable,
  { after, last }: KeyRange,
): { readonly sql: string; readonly parameters: readonly string[] } {
  const key = keyOf(table);
  const upTo = compare(key, "<=", 1);
  return after === undefined
    ? { sql: upTo, parameters: last }
    : { sql: `${upTo} AND ${compare(key, ">", key.length + 1)}`, parameters: [...last, ...after] };
}

/** As what a compressed value counts: pglz rarely makes less of it. */
const COMPRESSION = 20;

/** Read without the value itself, which may be stored apart from its row. */
function sizeOf(column: string): string {
  const factor = `CASE WHEN pg_column_compression(${column}) IS NULL THEN 1 ELSE ${COMPRESSION} END`;
  return `coalesce(pg_column_size(${column}), 0)::int8 * ${factor}`;
}

function keyOf({ key }: CopiedTable): readonly CopiedColumn[] {
  return key.length > 0 ? key : ROW_PLACE;
}

function compare(key: readonly CopiedColumn[], operator: string, from: number): string {
  const names = key.map(({ name }) => name).join(", ");
  const values = key.map(({ type }, index) => `$${from + index}::${type}`).join(", ");
  return `(${names}) ${operator} (${values})`;
}
