import type { Querier, QueryOptions } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { ListSql } from "./list_sql.ts";
import type { Page, PagePosition, PageRequest } from "../page.ts";

/** A row of a list: an item whose columns are named like its properties. */
interface ListRow {
  readonly createdAt: Timestamp;
}

/** Extra column of a page query: whether the other side has rows, or the length of the list. */
interface Beside {
  readonly beside: boolean | bigint | null;
}

/** The item of a row. */
type ItemOf<Row> = Omit<Row & Beside, keyof Beside>;

/** Options for {@link readPage}. */
interface ReadPageOptions {
  readonly page: PageRequest;
  /** Options for the statement. */
  readonly options?: QueryOptions | undefined;
}

/** Reads one page of a list and whether it has neighbours, in one statement and one snapshot. */
export async function readPage<Row extends ListRow>(
  db: Querier,
  list: ListSql,
  { page: { limit, position, number }, options }: ReadPageOptions,
): Promise<Page<ItemOf<Row>>> {
  if (number !== undefined) return await readNumbered<Row>(db, list, { limit, number, options });
  if (position !== undefined) return await readBeside<Row>(db, list, { limit, position, options });
  const text = list.rows({ order: "desc", limit: list.bind(limit + 1) });
  const { rows } = await db.query<ItemOf<Row>>(text, list.parameters, options);
  return { items: rows.slice(0, limit), hasNext: rows.length > limit, hasPrevious: false };
}

/**
 * Reads the page next to an anchor. Fetches one row more than requested to detect a further page; the same statement
 * reads the nearest row on the other side of the anchor.
 */
async function readBeside<Row extends ListRow>(
  db: Querier,
  list: ListSql,
  { limit, position, options }: Omit<ReadPageOptions, "page"> & {
    readonly limit: number;
    readonly position: PagePosition;
  },
): Promise<Page<ItemOf<Row>>> {
  const anchor = list.bindAnchor(position.anchor);
  const { ahead, behind, order, back } = comparisons(position);
  const { key, pageProperties } = list.order;
  const page = list.rows({ key: `${key} ${ahead} ${anchor}`, order, limit: list.bind(limit + 1) });
  // The nearest row instead of EXISTS, for which the planner may choose a scan of the table.
  const neighbour = list.rows({ key: `${key} ${behind} ${anchor}`, order: back, limit: "1" });
  // The outer join returns one row even if the page is empty, so that the other side is still known.
  const text = `select page.*, (select true from (${neighbour}) as neighbour) is not null as beside
    from (values (1)) as one left join (${page}) as page on true
    order by ${pageProperties[order]}`;
  const { rows } = await db.query<(Row | NoRow) & Beside>(text, list.parameters, options);
  const hasBehind = rows[0]?.beside === true;
  const found = itemsOf(rows);
  const items = found.slice(0, limit);
  const hasAhead = found.length > limit;
  return position.direction === "after"
    ? { items, hasNext: hasAhead, hasPrevious: hasBehind }
    : { items: items.reverse(), hasNext: hasBehind, hasPrevious: hasAhead };
}

/** Reads a page by number, with the length of the list. */
async function readNumbered<Row extends ListRow>(
  db: Querier,
  list: ListSql,
  { limit, number, options }: Omit<ReadPageOptions, "page"> & {
    readonly limit: number;
    readonly number: number;
  },
): Promise<Page<ItemOf<Row>>> {
  const { prelude, columns, source } = list.all();
  const { properties, pageProperties } = list.order;
  const offset = BigInt(number - 1) * BigInt(limit);
  const text = `${prelude} select page.*, (select count(*) from ${source}) as beside
    from (values (1)) as one left join (
      select ${columns} from ${source}
      order by ${properties.desc} limit ${list.bind(limit)} offset ${list.bind(offset)}
    ) as page on true
    order by ${pageProperties.desc}`;
  const { rows } = await db.query<(Row | NoRow) & Beside>(text, list.parameters, options);
  const totalItems = Number(rows[0]?.beside ?? 0n);
  return {
    items: itemsOf(rows),
    hasNext: offset + BigInt(limit) < BigInt(totalItems),
    hasPrevious: number > 1,
    totalItems,
  };
}

/** Row of an outer join with an empty page. */
interface NoRow {
  readonly createdAt: null;
}

function itemsOf<Row extends ListRow>(rows: readonly ((Row | NoRow) & Beside)[]): ItemOf<Row>[] {
  return rows.filter(isFound<Row>).map(({ beside: _beside, ...item }) => item);
}

function isFound<Row extends ListRow>(row: (Row | NoRow) & Beside): row is Row & Beside {
  return row.createdAt !== null;
}

/** Returns comparison operators and sort orders for both sides of an anchor in a newest-first list. */
function comparisons({ direction, inclusive }: Omit<PagePosition, "anchor">): {
  readonly ahead: string;
  readonly behind: string;
  readonly order: "desc" | "asc";
  readonly back: "desc" | "asc";
} {
  // Smaller keys are "after" an anchor. The anchor's own row is on exactly one side.
  return direction === "after"
    ? { ahead: inclusive ? "<=" : "<", behind: inclusive ? ">" : ">=", order: "desc", back: "asc" }
    : { ahead: inclusive ? ">=" : ">", behind: inclusive ? "<" : "<=", order: "asc", back: "desc" };
}
