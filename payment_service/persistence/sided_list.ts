import { ListSql, type PageWindow } from "@archway/service_kit/list_sql.ts";
import type { AccessScope } from "@archway/service_kit/access_scope.ts";

/** Rows with a payer and a payee. */
export interface SidedListOptions {
  readonly columns: string;
  readonly from: string;
  readonly scope: AccessScope;
  /** Account that must be payer or payee. Any account if undefined. */
  readonly accountId: string | undefined;
}

/** List of rows of which an owner sees those with an own account as payer or payee. */
export class SidedList extends ListSql {
  /** Query for the ids of accounts, one of which must be payer or payee. Any account if undefined. */
  readonly #accounts: string | undefined;

  constructor({ columns, from, scope, accountId }: SidedListOptions) {
    super({ columns, from });
    const account = accountId === undefined ? undefined : `${this.bind(accountId)}::uuid`;
    if (scope.kind === "owner") {
      this.#accounts =
        `select accounts.id from published_profiles as profile join accounts on profile_id = profile.id
        where owner = ${this.bind(scope.subject)}${
          account === undefined ? "" : ` and accounts.id = ${account}`
        }`;
    } else if (account !== undefined) {
      this.#accounts = `select ${account} as id`;
    }
  }

  override rows(window: PageWindow): string {
    if (this.#accounts === undefined) return super.rows(window);
    const rows = (account: string): string =>
      `select ${this.columns} from ${this.from}${this.filter(account, window.key)} ${this.ordered(window)}`;
    // One index scan per account and side. "Distinct" because a row between two of the accounts is found twice.
    return `select distinct found.* from (${this.#accounts}) as mine cross join lateral (
        (${rows("payer_account_id = mine.id")}) union all (${rows("payee_account_id = mine.id")})
      ) as found ${this.reordered(window)}`;
  }
}
