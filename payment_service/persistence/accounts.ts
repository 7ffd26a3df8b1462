import type { Querier, QueryOptions } from "@archway/db/db.ts";
import type { KeysetPage, PageOf, Pivot } from "@archway/service_kit/paging/keyset.ts";
import { readKeysetPage } from "@archway/service_kit/paging/read_keyset_page.ts";
import type { Account, Entry } from "../domain/account.ts";
import type { LockedAccount } from "../domain/decisions.ts";
import type { AccountFilter, AccountRepository, EntryFilter, Key } from "../ports.ts";
import type { Viewer } from "@archway/service_kit/ownership/viewer.ts";
import { AccountListSql } from "./account_list_sql.ts";
import { ACCOUNT_COLUMNS, accountOfRow, type AccountRow } from "./account_row.ts";
import { EntryListSql, entryOfRow, type EntryRow } from "./entry_list_sql.ts";
import { isOwned } from "./owned_profile.ts";
import { andOwned, forViewer, viewedStatement } from "@archway/service_kit/ownership/viewed_statement.ts";

const FIND = viewedStatement(
  (owner) =>
    `select ${ACCOUNT_COLUMNS} from accounts where id = $1${
      andOwned(owner, (subject) => isOwned("profile_id", subject))
    }`,
  1,
);

// Rows are locked as the sort gives them. Whoever locks several does it here, so nobody waits in a circle. The lock is the
// one that an update takes: it does not hold up those who only refer to the account.
const LOCK = viewedStatement(
  (owner) =>
    `select ${ACCOUNT_COLUMNS}, ${
      owner === undefined ? "true" : `coalesce(profile.owner = ${owner}, false)`
    } as is_own,
      accounts.profile_id is null or (profile.id is not null and profile.deleted_at is null) as is_living
    from accounts left join published_profiles as profile on profile.id = accounts.profile_id
    where accounts.id = any ($1) order by accounts.id for no key update of accounts`,
  1,
);

const FIND_SETTLEMENT = "select id from accounts where kind = 'settlement' and currency = $1";

const CLAIM_SETTLEMENT =
  "select pg_advisory_xact_lock(hashtextextended('archway settlement ' || $1::text, 0))";

/** Keeps accounts in PostgreSQL. */
export class PostgresAccountRepository implements AccountRepository {
  async find(db: Querier, { id, viewer }: Key, options?: QueryOptions): Promise<Account | undefined> {
    const { rows } = await db.query<AccountRow>(...forViewer(FIND, viewer, [id]), options);
    return rows[0] && accountOfRow(rows[0]);
  }

  async list(db: Querier, filter: AccountFilter, page: PageOf & QueryOptions): Promise<KeysetPage<Account>> {
    const { items, ...sides } = await readKeysetPage<AccountRow, Pivot>(db, new AccountListSql(filter), page);
    return { ...sides, items: items.map(accountOfRow) };
  }

  async listEntries(
    db: Querier,
    filter: EntryFilter,
    page: PageOf & QueryOptions,
  ): Promise<KeysetPage<Entry>> {
    const { items, ...sides } = await readKeysetPage<EntryRow, Pivot>(db, new EntryListSql(filter), page);
    return { ...sides, items: items.map(entryOfRow) };
  }

  async lock(tx: Querier, ids: readonly string[], viewer: Viewer): Promise<readonly LockedAccount[]> {
    const { rows } = await tx.query<AccountRow & { readonly is_own: boolean; readonly is_living: boolean }>(
      ...forViewer(LOCK, viewer, [ids]),
    );
    return rows.map((row) => ({ account: accountOfRow(row), isOwn: row.is_own, isLiving: row.is_living }));
  }

  async findSettlement(tx: Querier, currency: string): Promise<string | undefined> {
    const { rows } = await tx.query<{ readonly id: string }>(FIND_SETTLEMENT, [currency]);
    return rows[0]?.id;
  }

  async claimSettlement(tx: Querier, currency: string): Promise<string | undefined> {
    await tx.query(CLAIM_SETTLEMENT, [currency]);
    return await this.findSettlement(tx, currency);
  }
}
