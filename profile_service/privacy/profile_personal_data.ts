import type { Querier, Transaction } from "@archway/db/db.ts";
import type {
  DataSubject,
  ErasedRows,
  PersonalDataSource,
  PersonalRecord,
} from "@archway/service_kit/personal_data.ts";
import { ERASURE } from "../persistence/profile_repository.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

// The owner identifies a caller, who may have further profiles.
const LAST_OF_OWNER = `owner is not null and erased_at is not null
  and not exists (select from profiles as other where other.owner = profiles.owner and other.erased_at is null)`;

const FIND = `select *, ${LAST_OF_OWNER} as only_owned from profiles where id = $1`;

const ERASE = `update profiles set name = $2, email = $3, age = $4, version = version + 1,
    updated_at = greatest(updated_at, $5), deleted_at = coalesce(deleted_at, greatest(updated_at, $5)), erased_at = $5
  where id = $1 and erased_at is null`;

const ERASE_OWNER = `update profiles set owner = null
  where owner = (select owner from profiles where id = $1) and ${LAST_OF_OWNER} returning id`;

/** Exports and erases profiles; a person is known by the id of their profile. */
export const profilePersonalData: PersonalDataSource = {
  async *export(db: Querier, { id }: DataSubject): AsyncIterable<PersonalRecord> {
    if (!UUID.test(id)) return;
    const { rows } = await db.query<ProfileRow>(FIND, [id]);
    for (const { only_owned: hasOwner, ...data } of rows) {
      yield { table: "profiles", data, isPersonal: data["erased_at"] === null || hasOwner };
    }
  },

  async erase(tx: Transaction, { id, now }: DataSubject): Promise<readonly ErasedRows[]> {
    if (!UUID.test(id)) return [];
    const { name, email, age } = ERASURE;
    const { rowCount } = await tx.query(ERASE, [id, name, email, age, now]);
    const owned = await tx.query<{ id: string }>(ERASE_OWNER, [id]);
    const isChanged = rowCount > 0 || owned.rows.some((row) => row.id === id);
    return [{ table: "profiles", rows: isChanged ? 1 : 0 }];
  },
};

interface ProfileRow extends Readonly<Record<string, unknown>> {
  readonly only_owned: boolean;
}
