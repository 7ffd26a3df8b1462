import type { Querier, QueryOptions } from "../db/db.ts";
import { DatabaseError } from "../db/errors.ts";
import { listByKey, listByOffset } from "./profile_pages.ts";
import { PROFILE_COLUMNS, profileOfRow, type ProfileRow } from "./profile_row.ts";
import type { Profile } from "./profile.ts";
import { ProfileError } from "./profile_error.ts";
import type { ProfileChange, ProfileDeletion, ProfileRepository, VersionCondition } from "./ports.ts";

const INSERT = `insert into profiles (${PROFILE_COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7)`;

const FIND = `select ${PROFILE_COLUMNS} from profiles where id = $1 and deleted_at is null`;

// A clock that was set back must not make a change look older than the one before it.
const UPDATE = `update profiles
  set name = $2, email = $3, age = $4, version = version + 1, updated_at = greatest(updated_at, $5)
  where id = $1 and deleted_at is null and ($6::bigint[] is null or version = any ($6))
  returning ${PROFILE_COLUMNS}`;

const SOFT_DELETE = `update profiles
  set version = version + 1, updated_at = greatest(updated_at, $2), deleted_at = greatest(updated_at, $2)
  where id = $1 and deleted_at is null and ($3::bigint[] is null or version = any ($3))`;

/** Keeps profiles in PostgreSQL. */
export class PostgresProfileRepository implements ProfileRepository {
  readonly listByKey = listByKey;
  readonly listByOffset = listByOffset;

  async insert(db: Querier, profile: Profile, options?: QueryOptions): Promise<void> {
    const { id, name, email, age, version, createdAt, updatedAt } = profile;
    await write(() => db.query(INSERT, [id, name, email, age, version, createdAt, updatedAt], options));
  }

  async find(db: Querier, id: string, options?: QueryOptions): Promise<Profile | undefined> {
    const { rows } = await db.query<ProfileRow>(FIND, [id], options);
    return rows[0] && profileOfRow(rows[0]);
  }

  async update(db: Querier, change: ProfileChange, options?: QueryOptions): Promise<Profile | undefined> {
    const { id, name, email, age, now } = change;
    const parameters = [id, name, email, age, now, versions(change.condition)];
    const { rows } = await write(() => db.query<ProfileRow>(UPDATE, parameters, options));
    return rows[0] && profileOfRow(rows[0]);
  }

  async softDelete(db: Querier, deletion: ProfileDeletion, options?: QueryOptions): Promise<boolean> {
    const { id, condition, now } = deletion;
    const { rowCount } = await db.query(SOFT_DELETE, [id, now, versions(condition)], options);
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
