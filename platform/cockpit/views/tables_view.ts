import type {
  DeveloperView,
  ViewCell,
  ViewLink,
  ViewPage,
  ViewPlace,
  ViewSection,
} from "@archway/service_kit/developer_view.ts";
import type { Querier } from "@archway/db/db.ts";
import type { CockpitState } from "../cockpit_state.ts";
import { readOnly } from "./inspected_program.ts";
import { countRows, MAX_COUNTED, readRows, type ShownValue, type TableRow } from "./tables/read_rows.ts";
import {
  describeTable,
  type ForeignKey,
  listTables,
  type TableDescription,
  type TableName,
} from "./tables/table_catalog.ts";

/** Number of rows on a page, and lengths of values in a table and on the page of a row. */
const PAGE = 50;
const SHORT = 120;
const LONG = 20_000;

/** Prefix of parameters with the value of a column. */
const COLUMN = "column.";

/** View of tables and their rows, which are only read. */
export function tablesView(state: CockpitState): DeveloperView {
  return {
    show: ({ path, query }) => readOnly(state, (tx) => pageAt(tx, { path, query })),
  };
}

async function pageAt(db: Querier, { path, query }: ViewPlace): Promise<ViewPage | undefined> {
  const tables = await listTables(db);
  if (path.length === 0) {
    const counts = await countRows(db, tables.filter(({ kind }) => kind === "table"));
    return {
      sections: [{
        kind: "table",
        title: "Tables and views",
        columns: ["Name", "Kind", "Rows", "Size with indexes"],
        rows: tables.map(({ oid, schema, name, kind, bytes }) => ({
          cells: [
            { text: `${schema}.${name}`, link: tableLink({ schema, name }) },
            kind,
            countText(counts.get(oid)),
            kind === "view" ? "" : `${Math.ceil(Number(bytes) / 1024)} KiB`,
          ],
        })),
        empty: "The database has no tables.",
      }],
    };
  }
  // Links of services name a table without its schema.
  const [schema, name] = path.length === 1 ? [undefined, path[0]] : path;
  const entry = tables.find((table) => table.name === name && table.schema === (schema ?? table.schema));
  if (entry === undefined) return undefined;
  const table = await describeTable(db, entry);
  const where = filterOf(table, query);
  return query["show"] === "row" ? await rowPage(db, table, where) : await tablePage(db, table, {
    where,
    query,
  });
}

function countText(rows: number | undefined): string {
  if (rows === undefined) return "";
  return rows > MAX_COUNTED ? `more than ${MAX_COUNTED}` : String(rows);
}

type Filter = Readonly<Record<string, string>>;

/** Returns the values of columns of the table in a query. */
function filterOf({ columns }: TableDescription, query: Filter): Filter {
  return Object.fromEntries(
    columns.flatMap(({ name }) => {
      const text = query[COLUMN + name];
      return text === undefined ? [] : [[name, text]];
    }),
  );
}

async function tablePage(
  db: Querier,
  table: TableDescription,
  { where, query }: { readonly where: Filter; readonly query: Filter },
): Promise<ViewPage> {
  const descends = query["order"] !== "asc";
  const found = await readRows(db, table, {
    ...{ where, descends },
    after: keyOfText(query["after"]),
    limit: PAGE + 1,
    length: SHORT,
  });
  const rows = found.slice(0, PAGE);
  const last = found.length > PAGE ? rows.at(-1) : undefined;
  const filter = Object.fromEntries(Object.entries(where).map(([name, text]) => [COLUMN + name, text]));
  const order = descends ? "desc" : "asc";
  const link = (more: Filter): ViewLink => tableLink(table, { ...filter, ...more });
  const conditions = Object.entries(where).map(([name, text]) => `${name} = ${text}`).join(", ");
  return {
    title: `${table.schema}.${table.name}${conditions === "" ? "" : ` with ${conditions}`}`,
    sections: [
      {
        kind: "bar",
        links: [
          ...(conditions === "" ? [] : [{ text: "All rows", link: tableLink(table) }]),
          descends
            ? { text: "Lowest key first", link: link({ order: "asc" }) }
            : { text: "Highest key first", link: link({}) },
        ],
      },
      {
        kind: "table",
        title: "Rows",
        columns: ["Row", ...table.columns.map(({ name, type }) => ({ name, detail: type }))],
        rows: rows.map((row) => ({
          cells: [rowCell(table, row), ...table.columns.map(({ name }) => cellOf(table, row, name))],
        })),
        empty: "There are no rows.",
      },
      {
        kind: "bar",
        links: last === undefined || last.key.length === 0
          ? []
          : [{ text: `Next ${PAGE} rows`, link: link({ order, after: JSON.stringify(last.key) }) }],
      },
      columnsOf(table),
      ...referrersOf(table),
    ],
  };
}

function keyOfText(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const key: unknown = JSON.parse(text);
  return Array.isArray(key) ? key.map(String) : undefined;
}

async function rowPage(db: Querier, table: TableDescription, where: Filter): Promise<ViewPage | undefined> {
  const options = { where, after: undefined, descends: true, limit: 1, length: LONG };
  const [row] = await readRows(db, table, options);
  return row && {
    title: `Row of ${table.schema}.${table.name}`,
    sections: [
      { kind: "bar", links: [{ text: `All of ${table.name}`, link: tableLink(table) }] },
      { kind: "facts", facts: table.columns.map(({ name }) => [name, cellOf(table, row, name)]) },
      {
        kind: "bar",
        links: table.referrers.flatMap(({ from, columns, targets }) => {
          const values = columns.map((column, index) => [
            COLUMN + column,
            row.values.get(targets[index] ?? "")?.text,
          ]);
          return values.some(([, text]) => text === undefined) ? [] : [{
            text: `Rows of ${from.name} by ${columns.join(", ")}`,
            link: tableLink(from, Object.fromEntries(values)),
          }];
        }),
      },
    ],
  };
}

/** Returns the link to the page of a row, if the table has a key. */
function rowCell({ key, ...table }: TableDescription, row: TableRow): ViewCell {
  if (key.length === 0) return "";
  const where = Object.fromEntries(key.map((name, index) => [COLUMN + name, row.key[index] ?? ""]));
  return { text: "Show", link: tableLink(table, { ...where, show: "row" }) };
}

/** Returns the cell of a value: a link if it is that of a foreign key. */
function cellOf(table: TableDescription, { values }: TableRow, name: string): ViewCell {
  const value = values.get(name) ?? null;
  if (value === null) return null;
  const foreign = table.foreignKeys.find(({ columns }) => columns.includes(name));
  const target = foreign && targetOf(foreign, values);
  const text = value.isShortened ? `${value.text}…` : value.text;
  return target === undefined ? text : { text, link: target };
}

/** Returns the link to the row that a foreign key refers to; undefined if one of its columns is null or too long. */
function targetOf(
  { columns, targets, to }: ForeignKey,
  values: ReadonlyMap<string, ShownValue | null>,
): ViewLink | undefined {
  const found = columns.map((column) => values.get(column));
  if (found.some((value) => value === undefined || value === null || value.isShortened)) return undefined;
  const where = targets.map((target, index) => [COLUMN + target, found[index]?.text ?? ""]);
  return tableLink(to, { ...Object.fromEntries(where), show: "row" });
}

function tableLink({ schema, name }: TableName, query: Filter = {}): ViewLink {
  return { view: "tables", path: [schema, name], query };
}

function columnsOf({ columns, key, foreignKeys }: TableDescription): ViewSection {
  return {
    kind: "table",
    title: "Columns",
    columns: ["Name", "Type", "Null", "Default", "Key", "Comment"],
    rows: columns.map(({ name, type, isRequired, default: expression, comment }) => {
      const foreign = foreignKeys.find((each) => each.columns.includes(name));
      return {
        cells: [
          ...[name, type, isRequired ? "no" : "yes", expression ?? ""],
          foreign === undefined
            ? key.includes(name) ? "key" : ""
            : { text: `refers to ${foreign.to.name}`, link: tableLink(foreign.to) },
          comment ?? "",
        ],
      };
    }),
    empty: "It has no columns.",
  };
}

function referrersOf({ referrers }: TableDescription): readonly ViewSection[] {
  if (referrers.length === 0) return [];
  return [{
    kind: "table",
    title: "Tables that refer to it",
    columns: ["Table", "Columns"],
    rows: referrers.map(({ from, columns }) => ({
      cells: [{ text: `${from.schema}.${from.name}`, link: tableLink(from) }, columns.join(", ")],
    })),
    empty: "",
  }];
}
