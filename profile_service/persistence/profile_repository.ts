import type { Querier, QueryOptions, TxManager } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import { eraseDeleted } from "@archway/service_kit/erase_deleted.ts";
import { readPage } from "@archway/service_kit/list_sql.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import { VersionedTable } from "@archway/service_kit/versioned_table.ts";
import type { Profile, ProfileInput } from "../domain/profile.ts";
import type { ProfileFilter, ProfileRepository } from "../ports.ts";
import { PROFILE_COLUMNS, ProfileList } from "./profile_list.ts";

/** Values after the erasure of personal data: everything that clients write. */
export const ERASURE = { name: "erased", email: null, age: null } satisfies ProfileInput;

/** Stores profiles in PostgreSQL. */
export class PostgresProfileRepository extends VersionedTable<Profile, ProfileInput>
  implements ProfileRepository {
  /** @param eraseOnDelete Whether a deletion erases personal data, instead of `eraseDeleted` later. */
  constructor({ eraseOnDelete = false }: { readonly eraseOnDelete?: boolean } = {}) {
    super({
      name: "profiles",
      columns: PROFILE_COLUMNS,
      input: ["name", "email", "age"],
      unique: { profiles_email_key: "email-taken" },
      ...(eraseOnDelete && { eraseOnDelete: ERASURE }),
    });
  }

  eraseDeleted(
    db: TxManager,
    { before, now }: { readonly before: Timestamp; readonly now: Timestamp },
    options?: QueryOptions,
  ): Promise<number> {
    return eraseDeleted(db, { table: "profiles", erasure: ERASURE, before, now, ...options });
  }

  list(db: Querier, request: ListRequest<ProfileFilter>, options?: QueryOptions): Promise<Page<Profile>> {
    return readPage<Profile>(db, new ProfileList(request), { page: request.page, options });
  }
}
