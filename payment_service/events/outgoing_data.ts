import type * as api from "@archway/api/paymentapi/server.gen.ts";
import { formatMoney } from "@archway/service_kit/money.ts";
import type {
  PaymentEvent,
  PaymentRefunded,
  PaymentRequestRevised,
  PaymentSettled,
} from "./payment_event.ts";

/** Data of each event type, as the OpenAPI document declares it under `webhooks`. */
type OutgoingData =
  api.webhooks[PaymentEvent["type"]]["post"]["requestBody"]["content"]["application/json"]["data"];

/**
 * Returns the published data of an event. Members are listed one by one, so that internal ones are never published.
 * Amounts are decimal strings instead of minor units.
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
    case "payment_request.created":
    case "payment_request.revised":
    case "payment_request.paid":
    case "payment_request.expired":
    case "payment_request.cancelled":
      return outgoingRequestData(event);
  }
}

/** Returns the published data of a payment event, which the list of a payment's events shows too. */
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

function outgoingRequestData(event: PaymentRequestRevised): api.PaymentRequestEventData {
  const { requestId, payeeAccountId, payeeProfileId, payerAccountId, payerProfileId, paymentId } = event;
  const { reference, amount, description, expiresAt } = event;
  return {
    ...{ requestId, payeeAccountId, payeeProfileId, payerAccountId, payerProfileId, reference },
    ...{ amount: formatMoney(amount), description, expiresAt },
    ...(paymentId !== null && { paymentId }),
  };
}
