import type { Querier, QueryOptions } from "@archway/db/db.ts";
import type { AccessScope, ResourceKey, ResourceKeys } from "@archway/service_kit/access_scope.ts";
import { readPage } from "@archway/service_kit/list_sql.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import { andOwned, scopedStatement, statementFor } from "@archway/service_kit/scoped_statement.ts";
import type { Account, Entry } from "../domain/account.ts";
import type { LockedAccount } from "../domain/decisions.ts";
import type { AccountFilter, AccountRepository, EntryFilter, FirstOfParents } from "../ports.ts";
import { ACCOUNT_COLUMNS, AccountList, entryList } from "./account_list.ts";
import { isOwned } from "./profile_directory.ts";

const FIND = scopedStatement(
  (owner) =>
    `select ${ACCOUNT_COLUMNS} from accounts where id = $1${
      andOwned(owner, (subject) => isOwned("profile_id", subject))
    }`,
  1,
);

const FIND_MANY = scopedStatement(
  (owner) =>
    `select ${ACCOUNT_COLUMNS} from accounts where id = any ($1)${
      andOwned(owner, (subject) => isOwned("profile_id", subject))
    }`,
  1,
);

// One index scan for each profile.
const OF_PROFILES = scopedStatement(
  (owner) =>
    `select found.* from unnest($1::uuid[]) as parent (id) cross join lateral (
      select ${ACCOUNT_COLUMNS} from accounts where profile_id = parent.id${
      andOwned(owner, (subject) => isOwned("profile_id", subject))
    } order by created_at desc, id desc limit $2
    ) as found order by "createdAt" desc, "id" desc`,
  2,
);

// A statement of its own: what waits for a lock sees rows of other tables as they were before, such as a profile that
// an erasure has deleted meanwhile. Locks rows in the order of the sort; no other statement locks several accounts, so
// transactions cannot deadlock. "No key update" is the lock of an update, and lets rows that refer to the account in.
const LOCK = "select from accounts where id = any ($1) order by id for no key update";

const FIND_LOCKED = scopedStatement(
  (owner) =>
    `select ${ACCOUNT_COLUMNS}, ${
      owner === undefined ? "true" : `coalesce(profile.owner = ${owner}, false)`
    } as "isOwn",
      accounts.profile_id is null or (profile.id is not null and profile.deleted_at is null) as "isActive"
    from accounts left join published_profiles as profile on profile.id = accounts.profile_id
    where accounts.id = any ($1) order by accounts.id`,
  1,
);

const FIND_SETTLEMENT = "select id from accounts where kind = 'settlement' and currency = $1";

const CLAIM_SETTLEMENT =
  "select pg_advisory_xact_lock(hashtextextended('archway settlement ' || $1::text, 0))";

/** Reads and locks accounts in PostgreSQL. */
export class PostgresAccountRepository implements AccountRepository {
  async find(db: Querier, { id, scope }: ResourceKey, options?: QueryOptions): Promise<Account | undefined> {
    const { rows } = await db.query<Account>(...statementFor(FIND, scope, [id]), options);
    return rows[0];
  }

  async findMany(
    db: Querier,
    { ids, scope }: ResourceKeys,
    options?: QueryOptions,
  ): Promise<readonly Account[]> {
    const { rows } = await db.query<Account>(...statementFor(FIND_MANY, scope, [ids]), options);
    return rows;
  }

  async listOfProfiles(
    db: Querier,
    { parents, limit, scope }: FirstOfParents,
    options?: QueryOptions,
  ): Promise<readonly Account[]> {
    const { rows } = await db.query<Account>(...statementFor(OF_PROFILES, scope, [parents, limit]), options);
    return rows;
  }

  list(db: Querier, request: ListRequest<AccountFilter>, options?: QueryOptions): Promise<Page<Account>> {
    return readPage<Account>(db, new AccountList(request), { page: request.page, options });
  }

  listEntries(db: Querier, request: ListRequest<EntryFilter>, options?: QueryOptions): Promise<Page<Entry>> {
    return readPage<Entry>(db, entryList(request), { page: request.page, options });
  }

  async lock(tx: Querier, ids: readonly string[], scope: AccessScope): Promise<readonly LockedAccount[]> {
    // In one flush.
    const [, { rows }] = await Promise.all([
      tx.query(LOCK, [ids]),
      tx.query<Account & Omit<LockedAccount, "account">>(...statementFor(FIND_LOCKED, scope, [ids])),
    ]);
    return rows.map(({ isOwn, isActive, ...account }) => ({ account, isOwn, isActive }));
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
