import type { Timestamp } from "@archway/db/timestamp.ts";
import type { Payment, Refund } from "../domain/payment.ts";

/** The columns of {@link PaymentRow}. */
export const PAYMENT_COLUMNS = [
  "id",
  "payer_account_id",
  "payee_account_id",
  "currency",
  "amount",
  "refunded",
  "description",
  "version",
  "created_at",
  "updated_at",
].map((name) => `payments.${name}`).join(", ");

/** A row of the table `payments`. */
export interface PaymentRow {
  readonly id: string;
  readonly payer_account_id: string;
  readonly payee_account_id: string;
  readonly currency: string;
  readonly amount: bigint;
  readonly refunded: bigint;
  readonly description: string | null;
  readonly version: bigint;
  readonly created_at: Timestamp;
  readonly updated_at: Timestamp;
}

/** The payment a row holds. */
export function paymentOfRow(row: PaymentRow): Payment {
  return {
    id: row.id,
    payerAccountId: row.payer_account_id,
    payeeAccountId: row.payee_account_id,
    amount: { units: row.amount, currency: row.currency },
    refunded: row.refunded,
    description: row.description,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** The columns of {@link RefundRow}. */
export const REFUND_COLUMNS = ["payment_id", "id", "currency", "amount", "description", "created_at"]
  .map((name) => `refunds.${name}`).join(", ");

/** A row of the table `refunds`. */
export interface RefundRow {
  readonly payment_id: string;
  readonly id: string;
  readonly currency: string;
  readonly amount: bigint;
  readonly description: string | null;
  readonly created_at: Timestamp;
}

/** The refund a row holds. */
export function refundOfRow(row: RefundRow): Refund {
  return {
    paymentId: row.payment_id,
    id: row.id,
    amount: { units: row.amount, currency: row.currency },
    description: row.description,
    createdAt: row.created_at,
  };
}
