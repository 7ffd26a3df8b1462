import { ListSql, type PageWindow } from "@archway/service_kit/list_sql.ts";
import type { ListRequest } from "@archway/service_kit/page.ts";
import type { PaymentStatus } from "../domain/payment.ts";
import type { PaymentFilter, PaymentPartFilter } from "../ports.ts";
import { PAYMENT_COLUMNS, REFUND_COLUMNS } from "./payment_row.ts";

const STATUS: Readonly<Record<PaymentStatus, string>> = {
  settled: "refunded = 0",
  "partially-refunded": "refunded > 0 and refunded < amount",
  refunded: "refunded = amount",
};

/** List of payments. */
export class PaymentList extends ListSql {
  /** Query for the ids of accounts, one of which must be payer or payee. Any account if undefined. */
  readonly #accounts: string | undefined;

  constructor({ scope, filter: { accountId, status, from, to } }: ListRequest<PaymentFilter>) {
    super({ columns: PAYMENT_COLUMNS, from: "payments" });
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
    if (status !== undefined) this.where(STATUS[status]);
    this.within(from, to);
  }

  override rows(window: PageWindow): string {
    if (this.#accounts === undefined) return super.rows(window);
    const rows = (account: string): string =>
      `select ${this.columns} from payments${this.filter(account, window.key)} ${this.ordered(window)}`;
    // One index scan per account and side. "Distinct" because a payment between two of the accounts is found twice.
    return `select distinct found.* from (${this.#accounts}) as mine cross join lateral (
        (${rows("payer_account_id = mine.id")}) union all (${rows("payee_account_id = mine.id")})
      ) as found ${this.reordered(window)}`;
  }
}

/** Returns the list of a payment's refunds. */
export function refundList({ filter: { paymentId } }: ListRequest<PaymentPartFilter>): ListSql {
  const list = new ListSql({ columns: REFUND_COLUMNS, from: "refunds" });
  return list.where(`payment_id = ${list.bind(paymentId)}`);
}
