import type { Querier, QueryOptions } from "@archway/db/db.ts";
import { readPage } from "@archway/service_kit/list_sql.ts";
import type { ListRequest, Page } from "@archway/service_kit/page.ts";
import { VersionedTable } from "@archway/service_kit/versioned_table.ts";
import type { Profile, ProfileInput } from "../domain/profile.ts";
import type { ProfileFilter, ProfileRepository } from "../ports.ts";
import { PROFILE_COLUMNS, ProfileList } from "./profile_list.ts";

/** Stores profiles in PostgreSQL. */
export class PostgresProfileRepository extends VersionedTable<Profile, ProfileInput>
  implements ProfileRepository {
  constructor() {
    super({
      name: "profiles",
      columns: PROFILE_COLUMNS,
      input: ["name", "email", "age"],
      unique: { profiles_email_key: "email-taken" },
    });
  }

  list(db: Querier, request: ListRequest<ProfileFilter>, options?: QueryOptions): Promise<Page<Profile>> {
    return readPage<Profile>(db, new ProfileList(request), { page: request.page, options });
  }
}
