import type { Querier } from "@archway/db/db.ts";
import type { TableDescription, TableEntry } from "./table_catalog.ts";

/** Selection of rows of a table. */
export interface RowSelection {
  /** Values of columns as text. @default all rows */
  readonly where: Readonly<Record<string, string>>;
  /** Key of the row behind which they begin, as text. @default the first row of the order */
  readonly after: readonly string[] | undefined;
  /** Whether the row with the highest key is the first one. */
  readonly descends: boolean;
  readonly limit: number;
  /** Maximum length of a value; of bytes, half as many are shown. */
  readonly length: number;
}

/** Row of a table. */
export interface TableRow {
  /** Values by column as text, shortened; null as in the database. */
  readonly values: ReadonlyMap<string, ShownValue | null>;
  /** Values of the key as text; empty if the table has none. */
  readonly key: readonly string[];
}

/** Value of a column. */
export interface ShownValue {
  readonly text: string;
  readonly isShortened: boolean;
}

/** Number up to which rows are counted. */
export const MAX_COUNTED = 1_000;

/** System column by which the rows of a table without a key have an order. */
const ROW_PLACE = { name: "ctid", type: "tid" };

/** Returns rows in the order of their key. Names and types come from the catalog, and values are parameters. */
export async function readRows(
  db: Querier,
  table: TableDescription,
  { where, after, descends, limit, length }: RowSelection,
): Promise<readonly TableRow[]> {
  const parameters: string[] = [];
  const bind = (text: string, type: string): string => `$${parameters.push(text)}::text::${type}`;
  const key = keyOf(table);
  const typeOf = (name: string): string =>
    table.columns.find((column) => column.name === name)?.type ?? "text";
  const conditions = Object.entries(where).map(([name, text]) =>
    `${quoted(name)} = ${bind(text, typeOf(name))}`
  );
  const order = key.map(({ name }) => `${quoted(name)}${descends ? " desc" : ""}`);
  if (after !== undefined && after.length === key.length && key.length > 0) {
    const bound = after.map((text, index) => bind(text, key[index]?.type ?? "text"));
    const columns = key.map(({ name }) => quoted(name));
    conditions.push(`(${columns.join(", ")}) ${descends ? "<" : ">"} (${bound.join(", ")})`);
  }
  const shown = table.columns.flatMap(({ name, type }, index) => {
    const column = quoted(name);
    return type === "bytea"
      ? [
        `'\\x' || encode(substring(${column} from 1 for ${length / 2}), 'hex') as v${index}`,
        `octet_length(${column}) > ${length / 2} as s${index}`,
      ]
      : [`left(${column}::text, ${length}) as v${index}`, `length(${column}::text) > ${length} as s${index}`];
  });
  const keys = key.map(({ name }, index) => `${quoted(name)}::text as k${index}`);
  const { rows } = await db.query<Readonly<Record<string, string | boolean | null>>>(
    `select ${[...shown, ...keys].join(", ")} from ${nameOf(table)}` +
      (conditions.length === 0 ? "" : ` where ${conditions.join(" and ")}`) +
      (order.length === 0 ? "" : ` order by ${order.join(", ")}`) + ` limit ${limit}`,
    parameters,
  );
  return rows.map((row) => ({
    values: new Map(table.columns.map(({ name }, index) => {
      const text = row[`v${index}`];
      return [name, typeof text === "string" ? { text, isShortened: row[`s${index}`] === true } : null];
    })),
    key: key.map((_, index) => String(row[`k${index}`])),
  }));
}

/** Returns the numbers of rows of tables, up to {@link MAX_COUNTED} + 1 each. */
export async function countRows(
  db: Querier,
  tables: readonly TableEntry[],
): Promise<ReadonlyMap<bigint, number>> {
  if (tables.length === 0) return new Map();
  const counts = tables.map((table) =>
    `select ${table.oid}::int8 as oid, (select count(*) from (select from ${nameOf(table)} limit ${
      MAX_COUNTED + 1
    }) as t) as rows`
  );
  const { rows } = await db.query<{ readonly oid: bigint; readonly rows: bigint }>(
    counts.join(" union all "),
  );
  return new Map(rows.map(({ oid, rows }) => [oid, Number(rows)]));
}

/** Returns the columns of the order of rows; none for a view. */
function keyOf({ key, kind, columns }: TableDescription): readonly { name: string; type: string }[] {
  if (key.length > 0) return columns.filter(({ name }) => key.includes(name)).toSorted(byPlaceIn(key));
  return kind === "table" || kind === "materialized view" ? [ROW_PLACE] : [];
}

function byPlaceIn(key: readonly string[]): (a: { name: string }, b: { name: string }) => number {
  return (a, b) => key.indexOf(a.name) - key.indexOf(b.name);
}

function nameOf({ schema, name }: TableEntry): string {
  return `${quoted(schema)}.${quoted(name)}`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
