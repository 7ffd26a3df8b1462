import type { Querier, QueryOptions, QueryParameter } from "../db/db.ts";
import type {
  KeysetPage,
  KeysetPosition,
  KeysetQuery,
  OffsetPage,
  OffsetQuery,
  ProfileFilter,
} from "./ports.ts";
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
  const { where, parameters } = filterSql(query.filter);
  const { limit, position } = query;
  const bind = (value: QueryParameter): string => `$${parameters.push(value)}`;
  if (position === undefined) {
    const text = `select ${PROFILE_COLUMNS} from profiles where ${where}
      order by created_at desc, id desc limit ${bind(limit + 1)}`;
    const { rows } = await db.query<ProfileRow>(text, parameters, options);
    return {
      profiles: rows.slice(0, limit).map(profileOfRow),
      hasOlder: rows.length > limit,
      hasNewer: false,
    };
  }
  const pivot = `(${bind(position.pivot.createdAt)}::timestamptz, ${bind(position.pivot.id)}::uuid)`;
  const { ahead, behind, order } = keysetSql(position);
  // The outer join keeps one row when the page is empty, so that the other side is still told.
  const text = `select page.*, exists (
      select from profiles where ${where} and (created_at, id) ${behind} ${pivot}
    ) as has_behind
    from (values (1)) as one left join (
      select ${PROFILE_COLUMNS} from profiles where ${where} and (created_at, id) ${ahead} ${pivot}
      order by created_at ${order}, id ${order} limit ${bind(limit + 1)}
    ) as page on true
    order by page.created_at ${order}, page.id ${order}`;
  const { rows } = await db.query<(ProfileRow | { id: null }) & { has_behind: boolean }>(
    text,
    parameters,
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
  const { where, parameters } = filterSql(query.filter);
  const offset = BigInt(query.page - 1) * BigInt(query.pageSize);
  const text = `select page.*, (select count(*) from profiles where ${where}) as total
    from (values (1)) as one left join (
      select ${PROFILE_COLUMNS} from profiles where ${where}
      order by created_at desc, id desc
      limit $${parameters.push(query.pageSize)} offset $${parameters.push(offset)}
    ) as page on true
    order by page.created_at desc, page.id desc`;
  const { rows } = await db.query<(ProfileRow | { id: null }) & CountedRow>(text, parameters, options);
  const profiles = rows.filter((row) => row.id !== null).map(profileOfRow);
  return { profiles, totalItems: Number(rows[0]?.total ?? 0n) };
}

function keysetSql(
  { direction, inclusive }: KeysetPosition,
): { ahead: string; behind: string; order: string } {
  // The list runs from new to old: "after" a pivot are the smaller keys. The pivot's own row is on one side only.
  return direction === "after"
    ? { ahead: inclusive ? "<=" : "<", behind: inclusive ? ">" : ">=", order: "desc" }
    : { ahead: inclusive ? ">=" : ">", behind: inclusive ? "<" : "<=", order: "asc" };
}

function filterSql(filter: ProfileFilter): { where: string; parameters: QueryParameter[] } {
  const parameters: QueryParameter[] = [];
  const conditions = ["deleted_at is null"];
  if (filter.namePrefix !== undefined) {
    // A range instead of LIKE: it needs no escaping, and the index serves it in a plan made before the value is known.
    const prefix = `casefold($${
      parameters.push(filter.namePrefix)
    }::text collate pg_unicode_fast) collate "C"`;
    const folded = `casefold(name collate pg_unicode_fast) collate "C"`;
    conditions.push(
      `${folded} >= ${prefix} and ${folded} <= (${prefix} || repeat(U&'\\+10FFFF', 100)) collate "C"`,
    );
  }
  if (filter.email !== undefined) {
    const email = `$${parameters.push(filter.email)}::text`;
    conditions.push(`casefold(email collate pg_unicode_fast) = casefold(${email} collate pg_unicode_fast)`);
  }
  return { where: conditions.join(" and "), parameters };
}
