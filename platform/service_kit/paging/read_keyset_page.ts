import type { Querier, QueryOptions, QueryParameter } from "@archway/db/db.ts";
import type { KeysetPage, KeysetPosition } from "./keyset.ts";

/** Some rows of a list, one after the other. */
export interface ListStretch {
  /** What their keys meet, e.g. "(created_at, id) < (…)"; absent: they begin where the order does. */
  readonly key?: string;
  readonly order: "desc" | "asc";
  /** How many there are at most, as SQL. */
  readonly limit: string;
}

/** A list as SQL. Its rows have a column `id` that is never null. */
export interface KeysetList<P> {
  /** What has been bound so far; `bind` adds to it. */
  readonly parameters: readonly QueryParameter[];
  /** Its own order: "desc" runs from new to old. */
  readonly order: "desc" | "asc";
  /** The columns it is ordered by, e.g. ["created_at", "id"]. Together they are unique. */
  readonly key: readonly string[];
  /** Binds a value and gives its placeholder. */
  bind(value: QueryParameter): string;
  /** A place, as a row of the key's types. */
  bindPivot(pivot: P): string;
  /** The query for a stretch. */
  stretch(stretch: ListStretch): string;
}

/** Which page. */
export interface KeysetPageOptions<P> extends QueryOptions {
  readonly limit: number;
  readonly position?: KeysetPosition<P> | undefined;
}

/**
 * One page by key. One row more than asked for is fetched, which tells whether there are more beyond it; what
 * stands on the other side of the pivot is asked in the same statement, so that both answers and the rows are of
 * one snapshot.
 */
export async function readKeysetPage<Row extends { readonly id: string }, P>(
  db: Querier,
  list: KeysetList<P>,
  { limit, position, ...options }: KeysetPageOptions<P>,
): Promise<KeysetPage<Row>> {
  if (position === undefined) {
    const text = list.stretch({ order: list.order, limit: list.bind(limit + 1) });
    const { rows } = await db.query<Row>(text, list.parameters, options);
    return { items: rows.slice(0, limit), hasNext: rows.length > limit, hasPrevious: false };
  }
  const pivot = list.bindPivot(position.pivot);
  const { ahead, behind, order, back } = comparisons(list.order, position);
  const key = `(${list.key.join(", ")})`;
  const page = list.stretch({ key: `${key} ${ahead} ${pivot}`, order, limit: list.bind(limit + 1) });
  // The nearest one and not EXISTS, which takes whatever it meets first and may look through the table for it.
  const neighbour = list.stretch({ key: `${key} ${behind} ${pivot}`, order: back, limit: "1" });
  // The outer join keeps one row when the page is empty, so that the other side is still told.
  const text = `select page.*, (select true from (${neighbour}) as neighbour) is not null as has_behind
    from (values (1)) as one left join (${page}) as page on true
    order by ${list.key.map((column) => `page.${column} ${order}`).join(", ")}`;
  const { rows } = await db.query<(Row | { readonly id: null }) & { readonly has_behind: boolean }>(
    text,
    list.parameters,
    options,
  );
  const found = rows.filter((row) => row.id !== null);
  const items = found.slice(0, limit);
  const hasAhead = found.length > limit;
  const hasBehind = rows[0]?.has_behind ?? false;
  return position.direction === "after"
    ? { items, hasNext: hasAhead, hasPrevious: hasBehind }
    : { items: items.reverse(), hasNext: hasBehind, hasPrevious: hasAhead };
}

/** How the keys on both sides of the pivot compare to it, and the order away from it, either way. */
function comparisons(own: "desc" | "asc", { direction, inclusive }: Omit<KeysetPosition, "pivot">): {
  readonly ahead: string;
  readonly behind: string;
  readonly order: "desc" | "asc";
  readonly back: "desc" | "asc";
} {
  // In a list that runs from new to old, the smaller keys are "after" a pivot. The pivot's own row is on one side only.
  return (direction === "after") === (own === "desc")
    ? { ahead: inclusive ? "<=" : "<", behind: inclusive ? ">" : ">=", order: "desc", back: "asc" }
    : { ahead: inclusive ? ">=" : ">", behind: inclusive ? "<" : "<=", order: "asc", back: "desc" };
}
