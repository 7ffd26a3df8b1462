import { selectList } from "@archway/service_kit/select_list.ts";
import type { Payment, Refund } from "../domain/payment.ts";

/** Row of the table `payments`. */
export type PaymentRow = Flat<Payment>;

/** Row of the table `refunds`. */
export type RefundRow = Flat<Refund>;

/** Entity whose amount is stored in two columns. */
export type Flat<Entity> = Omit<Entity, "amount"> & { readonly currency: string; readonly amount: bigint };

/** SELECT list of a {@link PaymentRow}. */
export const PAYMENT_COLUMNS = selectList<PaymentRow>([
  ...["id", "payerAccountId", "payeeAccountId", "currency", "amount", "refunded", "description"] as const,
  ...["version", "createdAt", "updatedAt"] as const,
], "payments");

/** SELECT list of a {@link RefundRow}. */
export const REFUND_COLUMNS = selectList<RefundRow>(
  ["paymentId", "id", "currency", "amount", "description", "createdAt"],
  "refunds",
);

/** Converts a row to a payment. */
export function paymentOfRow({ currency, amount, ...row }: PaymentRow): Payment {
  return { ...row, amount: { units: amount, currency } };
}

/** Converts a row to a refund. */
export function refundOfRow({ currency, amount, ...row }: RefundRow): Refund {
  return { ...row, amount: { units: amount, currency } };
}
