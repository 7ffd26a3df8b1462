import type { Querier, QueryOptions } from "@archway/db/db.ts";
import type { ListSql } from "./list_sql.ts";

/** Rows of a list by their position. */
export interface OffsetRange {
  /** Maximum number of items, 1 or more. */
  readonly limit: number;
  /** Number of items before the first one. */
  readonly offset: number;
}

/** Parameters that select a range, as a document names them. */
export interface RangeParameters {
  readonly limit?: number | undefined;
  readonly page?: number | undefined;
  readonly offset?: number | undefined;
}

/** Limits of a list. */
export interface RangeLimits {
  readonly defaultLimit: number;
  readonly maxLimit: number;
  /**
   * Number of the first page.
   *
   * @default {1}
   */
  readonly firstPage?: number;
}

/** Items of a range. */
export interface OffsetPage<Item> {
  readonly items: readonly Item[];
  readonly hasNext: boolean;
  /** Length of the whole list; 0 if it was not asked for. */
  readonly total: number;
}

/** Options of {@link readRange}. */
export interface ReadRangeOptions {
  readonly range: OffsetRange;
  /** Whether to count the whole list. @default {false} */
  readonly isCounted?: boolean;
  /** Options for the statements. */
  readonly options?: QueryOptions | undefined;
}

/** Returns the range that parameters select, within the limits. Numbers that the document should forbid count as the nearest one that makes sense. */
export function offsetRange(
  { limit, page, offset }: RangeParameters,
  { defaultLimit, maxLimit, firstPage = 1 }: RangeLimits,
): OffsetRange {
  const size = Math.trunc(Math.min(Math.max(limit ?? defaultLimit, 1), maxLimit));
  const start = offset ?? ((page ?? firstPage) - firstPage) * size;
  return { limit: size, offset: Math.trunc(Math.min(Math.max(start, 0), Number.MAX_SAFE_INTEGER)) };
}

/** Reads a range of a list, newest first. With a count, both are of one snapshot only if `db` is a transaction of that isolation. */
export async function readRange<Row extends object>(
  db: Querier,
  list: ListSql,
  { range: { limit, offset }, isCounted = false, options }: ReadRangeOptions,
): Promise<OffsetPage<Row>> {
  const total = isCounted ? await count(db, list, options) : 0;
  const page = `${list.bind(limit + 1)} offset ${list.bind(BigInt(offset))}`;
  const { rows } = await db.query<Row>(list.rows({ order: "desc", limit: page }), list.parameters, options);
  return { items: rows.slice(0, limit), hasNext: rows.length > limit, total };
}

async function count(db: Querier, list: ListSql, options: QueryOptions | undefined): Promise<number> {
  const { prelude, source } = list.all();
  const text = `${prelude} select count(*) as total from ${source}`;
  const { rows } = await db.query<{ readonly total: bigint }>(text, list.parameters, options);
  return Number(rows[0]?.total ?? 0n);
}

/** Returns a URL with other values of some query parameters. */
export function pageUrl(url: URL, parameters: Readonly<Record<string, string | number>>): string {
  const changed = new URL(url);
  for (const [name, value] of Object.entries(parameters)) changed.searchParams.set(name, String(value));
  return changed.href;
}
