import { eventExport } from "@archway/events/event_export.ts";
import type { ExportDefinition, ExportValue } from "@archway/service_kit/export_definition.ts";
import { formatMoney, type Money } from "@archway/service_kit/money.ts";
import { tableExport } from "@archway/service_kit/table_export.ts";
import type { PaymentEvent } from "../events/payment_event.ts";
import { readEvent } from "../events/payment_event_data.ts";

/** Types of events that move money, each a transfer. */
const TRANSFERS: readonly PaymentEvent["type"][] = ["deposit.settled", "payment.settled", "payment.refunded"];

/** Data sets of payments: transfers as they happened, and accounts as they are. */
export const PAYMENT_EXPORTS: readonly ExportDefinition[] = [
  eventExport({
    name: "payments",
    description: "one row for each deposit, payment and refund",
    types: TRANSFERS,
    columns: {
      transfer_id: { type: "uuid", description: "id of the transfer, which is that of a deposit" },
      payment_id: { type: "uuid", description: "payment that was settled or refunded; null for a deposit" },
      refund_id: { type: "uuid", description: "refund, or null" },
      debtor_account_id: { type: "uuid", description: "account that the amount left" },
      creditor_account_id: { type: "uuid", description: "account that received it" },
      payer_profile_id: { type: "uuid", description: "payer of the payment, also of one that is refunded" },
      payee_profile_id: { type: "uuid", description: "payee of the payment or deposit" },
      currency: { type: "text", description: "currency by ISO 4217" },
      amount: { type: "decimal", description: "amount in the unit of the currency" },
      amount_minor: { type: "int64", description: "amount in minor units" },
    },
    valuesOf: (event) => transferValues(readEvent(event)),
  }),
  tableExport({
    name: "accounts",
    description: "one row for each account, with its balance at the time of the export",
    table: "accounts",
    columns: {
      id: { type: "uuid", description: "id of the account" },
      kind: { type: "text", description: "customer or settlement" },
      profile_id: { type: "uuid", description: "profile that it belongs to; null for a settlement account" },
      currency: { type: "text", description: "currency by ISO 4217" },
      balance: { type: "int64", description: "balance in minor units" },
      version: { type: "int64", description: "version, which grows with each change" },
      created_at: { type: "timestamp", description: "time of opening" },
      updated_at: { type: "timestamp", description: "time of the last change" },
      closed_at: { type: "timestamp", description: "time of closing" },
    },
  }),
];

/** Returns the columns of a transfer. The amount of a refund leaves the payee and returns to the payer. */
function transferValues(event: PaymentEvent): Readonly<Record<string, ExportValue>> {
  switch (event.type) {
    case "deposit.settled":
      return {
        transfer_id: event.depositId,
        debtor_account_id: event.settlementAccountId,
        creditor_account_id: event.accountId,
        payee_profile_id: event.profileId,
        ...amountValues(event.amount),
      };
    case "payment.settled":
    case "payment.refunded": {
      const isRefund = event.type === "payment.refunded";
      const { payerAccountId: payer, payeeAccountId: payee } = event;
      return {
        transfer_id: event.transferId,
        payment_id: event.paymentId,
        ...(event.type === "payment.refunded" && { refund_id: event.refundId }),
        debtor_account_id: isRefund ? payee : payer,
        creditor_account_id: isRefund ? payer : payee,
        payer_profile_id: event.payerProfileId,
        payee_profile_id: event.payeeProfileId,
        ...amountValues(event.amount),
      };
    }
    case "account.opened":
    case "account.closed":
    case "payment_request.created":
    case "payment_request.revised":
    case "payment_request.paid":
    case "payment_request.expired":
    case "payment_request.cancelled":
      throw new Error(`Event ${event.type} is no transfer`);
  }
}

function amountValues(money: Money): Readonly<Record<string, ExportValue>> {
  return { currency: money.currency, amount: formatMoney(money).amount, amount_minor: money.units };
}
