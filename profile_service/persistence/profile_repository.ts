import type { Querier, QueryOptions, TxManager } from "@archway/db/db.ts";
import type { Timestamp } from "@archway/db/timestamp.ts";
import type { AuditTrail } from "@archway/service_kit/audit_trail.ts";
import { eraseDeleted } from "@archway/service_kit/erase_deleted.ts";
import { readPage } from "@archway/service_kit/list_sql.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import { VersionedTable } from "@archway/service_kit/versioned_table.ts";
import type { Profile, ProfileInput } from "../domain/profile.ts";
import type { ProfileFilter, ProfileRepository } from "../ports.ts";
import { PROFILE_COLUMNS, ProfileList } from "./profile_list.ts";

/** Values after the erasure of personal data: everything that clients write. */
export const ERASURE = { name: "erased", email: null, age: null } satisfies ProfileInput;

interface ProfileRepositoryOptions {
  /** Whether a deletion erases personal data, instead of `eraseDeleted` later. @default {false} */
  readonly eraseOnDelete?: boolean;
  readonly audit?: AuditTrail | undefined;
}

/** Stores profiles in PostgreSQL. */
export class PostgresProfileRepository extends VersionedTable<Profile, ProfileInput>
  implements ProfileRepository {
  constructor({ eraseOnDelete = false, audit }: ProfileRepositoryOptions = {}) {
    super({
      name: "profiles",
      columns: PROFILE_COLUMNS,
      input: ["name", "email", "age"],
      unique: { profiles_email_key: "email-taken" },
      ...(eraseOnDelete && { eraseOnDelete: ERASURE }),
      audit: audit && { resource: "profile", trail: audit },
    });
  }

  eraseDeleted(
    db: TxManager,
    { before, now }: { readonly before: Timestamp; readonly now: Timestamp },
    options?: QueryOptions,
  ): Promise<number> {
    return eraseDeleted(db, { table: "profiles", erasure: ERASURE, before, now, ...options });
  }

  async list(
    db: Querier,
    request: ListRequest<ProfileFilter>,
    options?: QueryOptions,
  ): Promise<Page<Profile>> {
    const page = await readPage<Profile>(db, new ProfileList(request), { page: request.page, options });
    this.recordRead(request.scope, page.items);
    return page;
  }
}
