import type { EventData, NewEvent, PersonalFields, Upcast } from "@archway/service_kit/event_catalog.ts";
import { EventStoreError } from "@archway/events/event_store.ts";
import type { Money } from "@archway/service_kit/money.ts";
import { type PaymentEvent, requestStream } from "./payment_event.ts";

/**
 * Upcasters of all event types; see docs/event-sourcing.md for changes of a schema. All types are at schema version 1,
 * with amounts as decimal digits of minor units and a separate currency.
 */
export const PAYMENT_UPCASTERS: Readonly<Record<PaymentEvent["type"], readonly Upcast[]>> = {
  "account.opened": [],
  "account.closed": [],
  "deposit.settled": [],
  "payment.settled": [],
  "payment.refunded": [],
  "payment_request.created": [],
  "payment_request.revised": [],
  "payment_request.paid": [],
  "payment_request.expired": [],
  "payment_request.cancelled": [],
};

/**
 * Returns the personal fields of an event: its description concerns payer and payee, the reference of a payment request
 * the payee alone. The payer of a request may be known after its description, so that has a key for the request, too.
 */
export function personalFieldsOf({ type, data }: NewEvent): readonly PersonalFields[] {
  if (!/^payment\.|^payment_request\./.test(type)) return [];
  const { requestId, payeeProfileId } = data;
  const subjects = [data["payerProfileId"], payeeProfileId].filter((id) => typeof id === "string");
  if (typeof requestId !== "string" || typeof payeeProfileId !== "string") {
    return [{ fields: ["description"], subjects }];
  }
  const request = requestStream(requestId);
  const created = type === "payment_request.created" ? request : undefined;
  return [
    { fields: ["description"], subjects: [...subjects, request], created },
    { fields: ["reference"], subjects: [payeeProfileId] },
  ];
}

/** Returns whether an event type exists. */
function isPaymentEventType(type: string): type is PaymentEvent["type"] {
  return Object.hasOwn(PAYMENT_UPCASTERS, type);
}

/** Converts an event to its stored form. */
export function writeEvent({ type, ...event }: PaymentEvent): NewEvent {
  const schemaVersion = PAYMENT_UPCASTERS[type].length + 1;
  if (!("amount" in event)) return { type, schemaVersion, data: event };
  const { amount: { units, currency }, ...rest } = event;
  return { type, schemaVersion, data: { ...rest, amount: String(units), currency } };
}

/**
 * Converts a stored event, whose data is in the newest schema version.
 *
 * @throws {EventStoreError} "unknown-event" if the type is unknown or the data does not match it.
 */
export function readEvent({ type, data }: NewEvent): PaymentEvent {
  const read = new DataReader(type, data);
  if (!isPaymentEventType(type)) throw read.invalid("type");
  switch (type) {
    case "account.opened":
      return {
        type,
        accountId: read.text("accountId"),
        kind: read.optionalText("profileId") === null ? "settlement" : "customer",
        profileId: read.optionalText("profileId"),
        currency: read.text("currency"),
      };
    case "account.closed":
      return {
        type,
        accountId: read.text("accountId"),
        profileId: read.text("profileId"),
        currency: read.text("currency"),
      };
    case "deposit.settled":
      return {
        type,
        depositId: read.text("depositId"),
        accountId: read.text("accountId"),
        profileId: read.text("profileId"),
        settlementAccountId: read.text("settlementAccountId"),
        amount: read.money(),
      };
    case "payment.settled":
      return { type, ...paymentParts(read) };
    case "payment.refunded":
      return { type, refundId: read.text("refundId"), ...paymentParts(read) };
    case "payment_request.created":
    case "payment_request.revised":
    case "payment_request.paid":
    case "payment_request.expired":
    case "payment_request.cancelled":
      return {
        type,
        requestId: read.text("requestId"),
        payeeAccountId: read.text("payeeAccountId"),
        payeeProfileId: read.text("payeeProfileId"),
        payerAccountId: read.optionalText("payerAccountId"),
        payerProfileId: read.optionalText("payerProfileId"),
        reference: read.optionalText("reference"),
        amount: read.money(),
        description: read.optionalText("description"),
        expiresAt: read.text("expiresAt"),
        paymentId: read.optionalText("paymentId"),
      };
  }
}

function paymentParts(read: DataReader): Omit<Extract<PaymentEvent, { type: "payment.settled" }>, "type"> {
  return {
    paymentId: read.text("paymentId"),
    transferId: read.text("transferId"),
    payerAccountId: read.text("payerAccountId"),
    payeeAccountId: read.text("payeeAccountId"),
    payerProfileId: read.text("payerProfileId"),
    payeeProfileId: read.text("payeeProfileId"),
    amount: read.money(),
    description: read.optionalText("description"),
  };
}

/** Reads the data of an event. Errors contain the names of invalid members, never their values. */
class DataReader {
  constructor(private readonly type: string, private readonly data: EventData) {}

  text(name: string): string {
    const value = this.data[name];
    if (typeof value !== "string") throw this.invalid(name);
    return value;
  }

  optionalText(name: string): string | null {
    return this.data[name] === null ? null : this.text(name);
  }

  money(): Money {
    const units = this.text("amount");
    if (!/^[1-9]\d{0,15}$/.test(units)) throw this.invalid("amount");
    return { units: BigInt(units), currency: this.text("currency") };
  }

  invalid(name: string): EventStoreError {
    return new EventStoreError("unknown-event", `Event ${this.type} cannot be read: invalid ${name}`);
  }
}
