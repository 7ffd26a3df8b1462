import type { ListStretch } from "@archway/service_kit/paging/read_keyset_page.ts";
import { ListSql, ordered } from "./list_sql.ts";
import { REFUND_COLUMNS } from "./payment_row.ts";

/** The refunds of a payment as a list. */
export class RefundListSql extends ListSql {
  constructor(paymentId: string) {
    super();
    this.conditions.push(`payment_id = ${this.bind(paymentId)}`);
  }

  stretch(stretch: ListStretch): string {
    return `select ${REFUND_COLUMNS} from refunds ${this.where(stretch.key)} ${ordered(stretch)}`;
  }
}
