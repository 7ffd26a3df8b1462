import type { StrictServerInterface } from "@archway/api/paymentapi/server.gen.ts";
import { AccountHandlers } from "./http/account_handlers.ts";
import type { AdapterParts } from "./http/adapter.ts";
import { PaymentHandlers } from "./http/payment_handlers.ts";
import { RefundHandlers } from "./http/refund_handlers.ts";

/** The HTTP adapter: turns requests into use cases and what they give into answers. */
export function paymentApi(parts: AdapterParts): StrictServerInterface {
  const accounts = new AccountHandlers(parts);
  const payments = new PaymentHandlers(parts);
  const refunds = new RefundHandlers(parts);
  return {
    listAccounts: (request, context) => accounts.listAccounts(request, context),
    openAccount: (request, context) => accounts.openAccount(request, context),
    getAccount: (request, context) => accounts.getAccount(request, context),
    closeAccount: (request, context) => accounts.closeAccount(request, context),
    listEntries: (request, context) => accounts.listEntries(request, context),
    createDeposit: (request, context) => accounts.createDeposit(request, context),
    listPayments: (request, context) => payments.listPayments(request, context),
    createPayment: (request, context) => payments.createPayment(request, context),
    getPayment: (request, context) => payments.getPayment(request, context),
    putPayment: (request, context) => payments.putPayment(request, context),
    listPaymentEvents: (request, context) => payments.listPaymentEvents(request, context),
    listRefunds: (request, context) => refunds.listRefunds(request, context),
    getRefund: (request, context) => refunds.getRefund(request, context),
    putRefund: (request, context) => refunds.putRefund(request, context),
  };
}
