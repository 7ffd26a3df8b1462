import { ListOrder, ListSql, type PageWindow } from "@archway/service_kit/list_sql.ts";
import type { ListRequest } from "@archway/service_kit/page.ts";
import { selectList } from "@archway/service_kit/select_list.ts";
import type { Account, Entry } from "../domain/account.ts";
import type { AccountFilter, EntryFilter } from "../ports.ts";

/** SELECT list of an account. */
export const ACCOUNT_COLUMNS = selectList<Account>(
  ["id", "kind", "profileId", "currency", "balance", "version", "createdAt", "updatedAt", "closedAt"],
  "accounts",
);

const ENTRY_COLUMNS = selectList<Entry>(
  ["transferId", "accountId", "kind", "amount", "balance", "currency", "paymentId", "refundId", "createdAt"],
);

const ENTRY_ORDER = new ListOrder("createdAt", "transferId");

/** List of accounts. */
export class AccountList extends ListSql {
  readonly #owner: string | undefined;

  constructor({ scope, filter: { profileId } }: ListRequest<AccountFilter>) {
    super({ columns: ACCOUNT_COLUMNS, from: "accounts" });
    if (scope.kind === "owner") this.#owner = this.bind(scope.subject);
    if (profileId !== undefined) this.where(`profile_id = ${this.bind(profileId)}`);
  }

  override rows(window: PageWindow): string {
    if (this.#owner === undefined) return super.rows(window);
    // Reads the newest accounts per profile and merges them: an owner has few profiles, others have many accounts.
    return `select found.* from (select id from published_profiles where owner = ${this.#owner}) as mine
      cross join lateral (
        select ${this.columns} from accounts${this.filter("profile_id = mine.id", window.key)} ${
      this.ordered(window)
    }
      ) as found ${this.reordered(window)}`;
  }
}

/** Returns the list of an account's entries. An account has at most one entry of a transfer. */
export function entryList({ filter: { accountId, from, to } }: ListRequest<EntryFilter>): ListSql {
  const list = new ListSql({ columns: ENTRY_COLUMNS, from: "entries", order: ENTRY_ORDER });
  list.where(`account_id = ${list.bind(accountId)}`);
  return list.within(from, to);
}
