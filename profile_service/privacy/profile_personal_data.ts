import type { Querier, Transaction } from "@archway/db/db.ts";
import type {
  DataSubject,
  ErasedRows,
  PersonalDataSource,
  PersonalRecord,
} from "@archway/service_kit/personal_data.ts";
import { ERASURE } from "../persistence/profile_repository.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const FIND = "select * from profiles where id = $1";

const ERASE = `update profiles set name = $2, email = $3, age = $4, version = version + 1,
    updated_at = greatest(updated_at, $5), deleted_at = coalesce(deleted_at, greatest(updated_at, $5)), erased_at = $5
  where id = $1 returning owner`;

// The owner identifies a caller, who may have further profiles.
const ERASE_OWNER = `update profiles set owner = null where owner = $1 and erased_at is not null
  and not exists (select from profiles as other where other.owner = $1 and other.erased_at is null)`;

/** Exports and erases profiles; a person is known by the id of their profile. */
export const profilePersonalData: PersonalDataSource = {
  async *export(db: Querier, { id }: DataSubject): AsyncIterable<PersonalRecord> {
    if (!UUID.test(id)) return;
    for (const data of (await db.query<Record<string, unknown>>(FIND, [id])).rows) {
      yield { table: "profiles", data };
    }
  },

  async erase(tx: Transaction, { id, now }: DataSubject): Promise<readonly ErasedRows[]> {
    if (!UUID.test(id)) return [];
    const { name, email, age } = ERASURE;
    const { rows } = await tx.query<{ owner: string | null }>(ERASE, [id, name, email, age, now]);
    const owner = rows[0]?.owner ?? null;
    if (owner !== null) await tx.query(ERASE_OWNER, [owner]);
    return [{ table: "profiles", rows: rows.length }];
  },
};
