import type { Querier, QueryOptions } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { ListSql } from "../list_sql.ts";
import type { Page, PagePosition, PageRequest } from "../page.ts";

/** A row of a list: an item, whose columns are named like its properties. */
interface ListRow {
  readonly createdAt: Timestamp;
}

/** A column beside those of the item: whether the other side has rows, or the length of the list. */
interface Beside {
  readonly beside: boolean | bigint | null;
}

/** The item of a row. */
type ItemOf<Row> = Omit<Row & Beside, keyof Beside>;

/** Which page is read, and how. */
interface ReadPageOptions {
  readonly page: PageRequest;
  /** How the statement is run. */
  readonly options?: QueryOptions | undefined;
}

/** Reads one page of a list with its surroundings, in one statement and hence from one snapshot. */
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
 * A page beside an anchor. One row more than requested is fetched, which shows whether more follow; the row nearest to
 * the anchor on its other side is read by the same statement.
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
  // The nearest one and not EXISTS, which takes whatever it meets first and may scan the table for it.
  const neighbour = list.rows({ key: `${key} ${behind} ${anchor}`, order: back, limit: "1" });
  // The outer join keeps one row if the page is empty, so that the other side is still known.
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

/** A page by number, with the length of the list. */
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

/** What an outer join makes of an empty page. */
interface NoRow {
  readonly createdAt: null;
}

function itemsOf<Row extends ListRow>(rows: readonly ((Row | NoRow) & Beside)[]): ItemOf<Row>[] {
  return rows.filter(isFound<Row>).map(({ beside: _beside, ...item }) => item);
}

function isFound<Row extends ListRow>(row: (Row | NoRow) & Beside): row is Row & Beside {
  return row.createdAt !== null;
}

/** How the keys on both sides of an anchor compare to it, and the order away from it, in a list that is newest first. */
function comparisons({ direction, inclusive }: Omit<PagePosition, "anchor">): {
  readonly ahead: string;
  readonly behind: string;
  readonly order: "desc" | "asc";
  readonly back: "desc" | "asc";
} {
  // The smaller keys are "after" an anchor. The anchor's own row is on one side only.
  return direction === "after"
    ? { ahead: inclusive ? "<=" : "<", behind: inclusive ? ">" : ">=", order: "desc", back: "asc" }
    : { ahead: inclusive ? ">=" : ">", behind: inclusive ? "<" : "<=", order: "asc", back: "desc" };
}
