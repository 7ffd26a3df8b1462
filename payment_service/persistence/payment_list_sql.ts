import type { ListStretch } from "@archway/service_kit/paging/read_keyset_page.ts";
import type { PaymentStatus } from "../domain/payment.ts";
import type { PaymentFilter } from "../ports.ts";
import { ListSql, ordered } from "./list_sql.ts";
import { PAYMENT_COLUMNS } from "./payment_row.ts";

const STATUS: Readonly<Record<PaymentStatus, string>> = {
  settled: "refunded = 0",
  "partially-refunded": "refunded > 0 and refunded < amount",
  refunded: "refunded = amount",
};

/** Payments as a list. */
export class PaymentListSql extends ListSql {
  /** The accounts that have to take part, as a query for their ids; undefined: any. */
  readonly #accounts: string | undefined;

  constructor({ viewer, accountId, status, ...period }: PaymentFilter) {
    super();
    const account = accountId === undefined ? undefined : `${this.bind(accountId)}::uuid`;
    if (viewer.kind === "owner") {
      this.#accounts =
        `select accounts.id from published_profiles as profile join accounts on profile_id = profile.id
        where owner = ${this.bind(viewer.subject)}${
          account === undefined ? "" : ` and accounts.id = ${account}`
        }`;
    } else if (account !== undefined) {
      this.#accounts = `select ${account} as id`;
    }
    if (status !== undefined) this.conditions.push(STATUS[status]);
    this.within(period);
  }

  stretch(stretch: ListStretch): string {
    const rows = (account?: string): string =>
      `select ${PAYMENT_COLUMNS} from payments ${this.where(account, stretch.key)} ${ordered(stretch)}`;
    if (this.#accounts === undefined) return rows();
    // Along an index for each account and each side. A payment between two of the accounts is met twice.
    return `select distinct found.* from (${this.#accounts}) as mine cross join lateral (
        (${rows("payer_account_id = mine.id")}) union all (${rows("payee_account_id = mine.id")})
      ) as found ${ordered(stretch)}`;
  }
}
