import { ListSql } from "@archway/service_kit/list_sql.ts";
import type { ListRequest } from "@archway/service_kit/page.ts";
import type { PaymentStatus } from "../domain/payment.ts";
import type { PaymentFilter, PaymentPartFilter } from "../ports.ts";
import { PAYMENT_COLUMNS, REFUND_COLUMNS } from "./payment_row.ts";
import { SidedList } from "./sided_list.ts";

const STATUS: Readonly<Record<PaymentStatus, string>> = {
  settled: "refunded = 0",
  "partially-refunded": "refunded > 0 and refunded < amount",
  refunded: "refunded = amount",
};

/** Returns the list of payments. */
export function paymentList(
  { scope, filter: { accountId, status, from, to } }: ListRequest<PaymentFilter>,
): ListSql {
  const list = new SidedList({ columns: PAYMENT_COLUMNS, from: "payments", scope, accountId });
  if (status !== undefined) list.where(STATUS[status]);
  return list.within(from, to);
}

/** Returns the list of a payment's refunds. */
export function refundList({ filter: { paymentId } }: ListRequest<PaymentPartFilter>): ListSql {
  const list = new ListSql({ columns: REFUND_COLUMNS, from: "refunds" });
  return list.where(`payment_id = ${list.bind(paymentId)}`);
}
