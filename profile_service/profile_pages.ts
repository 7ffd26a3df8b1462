import type { Querier, QueryOptions } from "../db/db.ts";
import type { KeysetPage, KeysetPosition, KeysetQuery, OffsetPage, OffsetQuery } from "./ports.ts";
import { ProfileListSql } from "./profile_list_sql.ts";
import { PROFILE_COLUMNS, profileOfRow, type ProfileRow } from "./profile_row.ts";

/**
 * One page by key. One row more than asked for is fetched, which tells whether there are more beyond it; what
 * stands on the other side of the pivot is asked in the same statement, so that both answers and the rows are of
 * one snapshot.
 */
export async function listByKey(
  db: Querier,
  query: KeysetQuery,
  options?: QueryOptions,
): Promise<KeysetPage> {
  const sql = new ProfileListSql(query.filter);
  const { limit, position } = query;
  if (position === undefined) {
    const text = sql.stretch({ order: "desc", limit: sql.bind(limit + 1) });
    const { rows } = await db.query<ProfileRow>(text, sql.parameters, options);
    return {
      profiles: rows.slice(0, limit).map(profileOfRow),
      hasOlder: rows.length > limit,
      hasNewer: false,
    };
  }
  const pivot = `(${sql.bind(position.pivot.createdAt)}::timestamptz, ${sql.bind(position.pivot.id)}::uuid)`;
  const { ahead, behind, order, back } = keysetSql(position);
  const page = sql.stretch({ key: `(created_at, id) ${ahead} ${pivot}`, order, limit: sql.bind(limit + 1) });
  // The nearest one and not EXISTS, which takes whatever it meets first and may look through the table for it.
  const neighbour = sql.stretch({ key: `(created_at, id) ${behind} ${pivot}`, order: back, limit: "1" });
  // The outer join keeps one row when the page is empty, so that the other side is still told.
  const text = `select page.*, (select true from (${neighbour}) as neighbour) is not null as has_behind
    from (values (1)) as one left join (${page}) as page on true
    order by page.created_at ${order}, page.id ${order}`;
  const { rows } = await db.query<(ProfileRow | { id: null }) & { has_behind: boolean }>(
    text,
    sql.parameters,
    options,
  );
  const found = rows.filter((row) => row.id !== null);
  const profiles = found.slice(0, limit).map(profileOfRow);
  const hasAhead = found.length > limit;
  const hasBehind = rows[0]?.has_behind ?? false;
  return position.direction === "after"
    ? { profiles, hasOlder: hasAhead, hasNewer: hasBehind }
    : { profiles: profiles.reverse(), hasOlder: hasBehind, hasNewer: hasAhead };
}

interface CountedRow {
  readonly total: bigint;
}

/** One page by number. Total and rows come from one statement, hence from one snapshot. */
export async function listByOffset(
  db: Querier,
  query: OffsetQuery,
  options?: QueryOptions,
): Promise<OffsetPage> {
  const sql = new ProfileListSql(query.filter);
  const { prelude, from } = sql.everything;
  const offset = BigInt(query.page - 1) * BigInt(query.pageSize);
  const text = `${prelude} select page.*, (select count(*) from ${from}) as total
    from (values (1)) as one left join (
      select ${PROFILE_COLUMNS} from ${from}
      order by created_at desc, id desc
      limit ${sql.bind(query.pageSize)} offset ${sql.bind(offset)}
    ) as page on true
    order by page.created_at desc, page.id desc`;
  const { rows } = await db.query<(ProfileRow | { id: null }) & CountedRow>(text, sql.parameters, options);
  const profiles = rows.filter((row) => row.id !== null).map(profileOfRow);
  return { profiles, totalItems: Number(rows[0]?.total ?? 0n) };
}

/** How the keys on both sides of the pivot compare to it, and the order away from it, either way. */
function keysetSql({ direction, inclusive }: KeysetPosition): {
  readonly ahead: string;
  readonly behind: string;
  readonly order: "desc" | "asc";
  readonly back: "desc" | "asc";
} {
  // The list runs from new to old: "after" a pivot are the smaller keys. The pivot's own row is on one side only.
  return direction === "after"
    ? { ahead: inclusive ? "<=" : "<", behind: inclusive ? ">" : ">=", order: "desc", back: "asc" }
    : { ahead: inclusive ? ">=" : ">", behind: inclusive ? "<" : "<=", order: "asc", back: "desc" };
}
