import type { EventData } from "@archway/service_kit/event_catalog.ts";
import type { PaymentEvent } from "../events/payment_event.ts";
import { writeEvent } from "../events/payment_event_data.ts";

const PAYMENT = {
  paymentId: "01a2023b-983b-7000-83d3-81c8f54d2496",
  transferId: "01a2023b-983c-7000-83d3-81c8f54d2496",
  payerAccountId: "01a2023b-983d-7000-83d3-81c8f54d2496",
  payeeAccountId: "01a2023b-983e-7000-83d3-81c8f54d2496",
  payerProfileId: "01a2023b-983f-7000-83d3-81c8f54d2496",
  payeeProfileId: "01a2023b-9840-7000-83d3-81c8f54d2496",
  amount: { units: 1234n, currency: "BRL" },
  description: null,
};

const ACCOUNT = { accountId: PAYMENT.payerAccountId, profileId: PAYMENT.payerProfileId, currency: "BRL" };

const REQUEST = {
  requestId: "01a2023b-9842-7000-83d3-81c8f54d2496",
  payeeAccountId: PAYMENT.payeeAccountId,
  payeeProfileId: PAYMENT.payeeProfileId,
  payerAccountId: PAYMENT.payerAccountId,
  payerProfileId: PAYMENT.payerProfileId,
  reference: "invoice-7",
  amount: PAYMENT.amount,
  description: null,
  expiresAt: "2026-11-25T10:00:00Z",
  paymentId: null,
};

/** One event of every type, of profiles that do not exist. */
export const SAMPLE_EVENTS: {
  readonly [Type in PaymentEvent["type"]]: PaymentEvent & { readonly type: Type };
} = {
  "account.opened": { type: "account.opened", kind: "customer", ...ACCOUNT },
  "account.closed": { type: "account.closed", ...ACCOUNT },
  "deposit.settled": {
    type: "deposit.settled",
    depositId: PAYMENT.transferId,
    accountId: ACCOUNT.accountId,
    profileId: ACCOUNT.profileId,
    settlementAccountId: PAYMENT.payeeAccountId,
    amount: PAYMENT.amount,
  },
  "payment.settled": { type: "payment.settled", ...PAYMENT },
  "payment.refunded": {
    type: "payment.refunded",
    refundId: "01a2023b-9841-7000-83d3-81c8f54d2496",
    ...PAYMENT,
  },
  "payment_request.created": { type: "payment_request.created", ...REQUEST },
  "payment_request.revised": { type: "payment_request.revised", ...REQUEST },
  "payment_request.paid": { type: "payment_request.paid", ...REQUEST, paymentId: PAYMENT.paymentId },
  "payment_request.expired": { type: "payment_request.expired", ...REQUEST },
  "payment_request.cancelled": { type: "payment_request.cancelled", ...REQUEST },
};

/** Returns the stored data of the sample event of a type. */
export function sampleData(type: PaymentEvent["type"]): EventData {
  return writeEvent(SAMPLE_EVENTS[type]).data;
}
