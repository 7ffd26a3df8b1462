import type { ListStretch } from "@archway/service_kit/paging/read_keyset_page.ts";
import type { AccountFilter } from "../ports.ts";
import { ACCOUNT_COLUMNS } from "./account_row.ts";
import { ListSql, ordered } from "./list_sql.ts";

/** Accounts as a list. */
export class AccountListSql extends ListSql {
  readonly #owner: string | undefined;

  constructor({ viewer, profileId }: AccountFilter) {
    super();
    if (viewer.kind === "owner") this.#owner = this.bind(viewer.subject);
    if (profileId !== undefined) this.conditions.push(`profile_id = ${this.bind(profileId)}`);
  }

  stretch(stretch: ListStretch): string {
    const rows = (profile?: string): string =>
      `select ${ACCOUNT_COLUMNS} from accounts ${this.where(profile, stretch.key)} ${ordered(stretch)}`;
    if (this.#owner === undefined) return rows();
    // The newest of each profile, and of these the newest: there are few profiles, and many accounts of others.
    return `select found.* from (select id from published_profiles where owner = ${this.#owner}) as mine
      cross join lateral (${rows("profile_id = mine.id")}) as found ${ordered(stretch)}`;
  }
}
