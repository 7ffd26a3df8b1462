import type { Querier, QueryOptions } from "@archway/db/db.ts";
import { DatabaseError } from "@archway/db/errors.ts";
import type { VersionCondition } from "@archway/service_kit/paging/entity_version.ts";
import { listByKey, listByOffset } from "./profile_pages.ts";
import { PROFILE_COLUMNS, profileOfRow, type ProfileRow } from "./profile_row.ts";
import type { Profile } from "./profile.ts";
import { ProfileError } from "./profile_error.ts";
import type { OwnedProfile, ProfileChange, ProfileDeletion, ProfileKey, ProfileRepository } from "./ports.ts";
import { andOwned, forViewer, viewedStatement } from "@archway/service_kit/ownership/viewed_statement.ts";

const INSERT = `insert into profiles (${PROFILE_COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7)`;
const INSERT_OWNED =
  `insert into profiles (${PROFILE_COLUMNS}, owner) values ($1, $2, $3, $4, $5, $6, $7, $8)`;

const FIND = viewedStatement(
  (owner) => `select ${PROFILE_COLUMNS} from profiles where id = $1 and deleted_at is null${andOwned(owner)}`,
  1,
);

// A clock that was set back must not make a change look older than the one before it.
const UPDATE = viewedStatement(
  (owner) =>
    `update profiles
  set name = $2, email = $3, age = $4, version = version + 1, updated_at = greatest(updated_at, $5)
  where id = $1 and deleted_at is null and ($6::bigint[] is null or version = any ($6))${andOwned(owner)}
  returning ${PROFILE_COLUMNS}`,
  6,
);

const SOFT_DELETE = viewedStatement(
  (owner) =>
    `update profiles
  set version = version + 1, updated_at = greatest(updated_at, $2), deleted_at = greatest(updated_at, $2)
  where id = $1 and deleted_at is null and ($3::bigint[] is null or version = any ($3))${andOwned(owner)}`,
  3,
);

/** Keeps profiles in PostgreSQL. */
export class PostgresProfileRepository implements ProfileRepository {
  readonly listByKey = listByKey;
  readonly listByOffset = listByOffset;

  async insert(db: Querier, profile: OwnedProfile, options?: QueryOptions): Promise<void> {
    const { id, name, email, age, version, createdAt, updatedAt, owner } = profile;
    const parameters = [id, name, email, age, version, createdAt, updatedAt];
    await write(() =>
      owner === null
        ? db.query(INSERT, parameters, options)
        : db.query(INSERT_OWNED, [...parameters, owner], options)
    );
  }

  async find(db: Querier, { id, viewer }: ProfileKey, options?: QueryOptions): Promise<Profile | undefined> {
    const { rows } = await db.query<ProfileRow>(...forViewer(FIND, viewer, [id]), options);
    return rows[0] && profileOfRow(rows[0]);
  }

  async update(db: Querier, change: ProfileChange, options?: QueryOptions): Promise<Profile | undefined> {
    const { id, viewer, name, email, age, now } = change;
    const parameters = [id, name, email, age, now, versions(change.condition)];
    const statement = forViewer(UPDATE, viewer, parameters);
    const { rows } = await write(() => db.query<ProfileRow>(...statement, options));
    return rows[0] && profileOfRow(rows[0]);
  }

  async softDelete(db: Querier, deletion: ProfileDeletion, options?: QueryOptions): Promise<boolean> {
    const { id, viewer, condition, now } = deletion;
    const statement = forViewer(SOFT_DELETE, viewer, [id, now, versions(condition)]);
    const { rowCount } = await db.query(...statement, options);
    return rowCount > 0;
  }
}

function versions(condition: VersionCondition): readonly bigint[] | null {
  return condition === "any" ? null : condition;
}

/** Runs a write and tells a taken e-mail address from every other fault, by the constraint's name. */
async function write<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof DatabaseError && error.constraint === "profiles_email_key") {
      throw new ProfileError("email-taken", { cause: error });
    }
    throw error;
  }
}
