import type * as api from "@archway/api/paymentapi/server.gen.ts";
import { formatMoney } from "@archway/service_kit/money.ts";
import type { PaymentEvent, PaymentRefunded, PaymentSettled } from "./payment_event.ts";

/** What the document says of the data of each type of event, under `webhooks`. */
type OutgoingData =
  api.webhooks[PaymentEvent["type"]]["post"]["requestBody"]["content"]["application/json"]["data"];

/**
 * What those who are told of events learn: member by member, so that what an event has for the service alone, now or
 * later, goes nowhere. Amounts are as clients know them, and not minor units.
 */
export function outgoingData(event: PaymentEvent): OutgoingData {
  switch (event.type) {
    case "account.opened": {
      const { accountId, kind, profileId, currency } = event;
      return { accountId, kind, profileId, currency };
    }
    case "account.closed": {
      const { accountId, profileId, currency } = event;
      return { accountId, profileId, currency };
    }
    case "deposit.settled": {
      const { depositId, accountId, profileId, amount } = event;
      return { depositId, accountId, profileId, amount: formatMoney(amount) };
    }
    case "payment.settled":
    case "payment.refunded":
      return outgoingPaymentData(event);
  }
}

/** The same for what happens to a payment, of which its history tells as much. */
export function outgoingPaymentData(event: PaymentSettled | PaymentRefunded): api.PaymentEventData {
  const { paymentId, payerAccountId, payeeAccountId, payerProfileId, payeeProfileId, description } = event;
  return {
    paymentId,
    ...(event.type === "payment.refunded" && { refundId: event.refundId }),
    ...{ payerAccountId, payeeAccountId, payerProfileId, payeeProfileId },
    amount: formatMoney(event.amount),
    description,
  };
}
