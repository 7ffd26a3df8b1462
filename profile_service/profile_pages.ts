import type { Querier, QueryOptions } from "@archway/db/db.ts";
import type { Pivot } from "@archway/service_kit/paging/keyset.ts";
import { readKeysetPage } from "@archway/service_kit/paging/read_keyset_page.ts";
import type { KeysetPage, KeysetQuery, OffsetPage, OffsetQuery } from "./ports.ts";
import { ProfileListSql } from "./profile_list_sql.ts";
import { PROFILE_COLUMNS, profileOfRow, type ProfileRow } from "./profile_row.ts";

/** One page by key. */
export async function listByKey(
  db: Querier,
  { filter, limit, position }: KeysetQuery,
  options?: QueryOptions,
): Promise<KeysetPage> {
  const list = new ProfileListSql(filter);
  const page = await readKeysetPage<ProfileRow, Pivot>(db, list, { limit, position, ...options });
  return { profiles: page.items.map(profileOfRow), hasOlder: page.hasNext, hasNewer: page.hasPrevious };
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
