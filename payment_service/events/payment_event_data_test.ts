import { assertEquals, assertThrows } from "@std/assert";
import { EventStoreError } from "@archway/events/event_store.ts";
import { type PaymentEvent, streamOf } from "./payment_event.ts";
import { PAYMENT_UPCASTERS, readEvent, writeEvent } from "./payment_event_data.ts";

const SIDES = {
  paymentId: "p",
  transferId: "t",
  payerAccountId: "a",
  payeeAccountId: "b",
  payerProfileId: "c",
  payeeProfileId: "d",
  amount: { units: 10n ** 15n, currency: "BRL" },
};

const REQUEST = {
  requestId: "r",
  payeeAccountId: "b",
  payeeProfileId: "d",
  payerAccountId: null,
  payerProfileId: null,
  reference: null,
  amount: { units: 1n, currency: "BRL" },
  description: "Ω",
  expiresAt: "2026-11-25T10:00:00Z",
  paymentId: null,
};

/** Events of all types. */
const EVENTS: readonly PaymentEvent[] = [
  { type: "account.opened", accountId: "a", kind: "customer", profileId: "c", currency: "BRL" },
  { type: "account.opened", accountId: "s", kind: "settlement", profileId: null, currency: "BRL" },
  { type: "account.closed", accountId: "a", profileId: "c", currency: "BRL" },
  {
    type: "deposit.settled",
    depositId: "e",
    accountId: "a",
    profileId: "c",
    settlementAccountId: "s",
    amount: { units: 1n, currency: "JPY" },
  },
  { type: "payment.settled", ...SIDES, description: "Ω" },
  { type: "payment.refunded", ...SIDES, refundId: "r", description: null },
  { type: "payment_request.created", ...REQUEST },
  { type: "payment_request.revised", ...REQUEST, payerAccountId: "a", payerProfileId: "c", reference: "7" },
  { type: "payment_request.paid", ...REQUEST, paymentId: "p" },
  { type: "payment_request.expired", ...REQUEST },
  { type: "payment_request.cancelled", ...REQUEST },
];

Deno.test("readEvent() reads the newest schema version, which writeEvent() writes", () => {
  for (const event of EVENTS) {
    const written = writeEvent(event);
    assertEquals(written.schemaVersion, PAYMENT_UPCASTERS[event.type].length + 1);
    assertEquals(readEvent({ ...written, data: JSON.parse(JSON.stringify(written.data)) }), event);
  }
  assertEquals(
    Object.keys(PAYMENT_UPCASTERS).toSorted(),
    [...new Set(EVENTS.map(({ type }) => type))].toSorted(),
  );
});

Deno.test("writeEvent() writes amounts as decimal digits of minor units", () => {
  const { data } = writeEvent({ type: "payment.settled", ...SIDES, description: null });
  assertEquals([data["amount"], data["currency"]], ["1000000000000000", "BRL"]);
});

Deno.test("readEvent() rejects data that does not match the type, without quoting it", () => {
  const written = writeEvent({ type: "payment.settled", ...SIDES, description: null });
  for (
    const wrong of [{ amount: "1.5" }, { amount: "0" }, { amount: 5 }, { payerAccountId: null }, {
      description: 7,
    }]
  ) {
    const [name = ""] = Object.keys(wrong);
    const error = assertThrows(
      () => readEvent({ ...written, data: { ...written.data, ...wrong } }),
      EventStoreError,
    );
    assertEquals(error.message, `Event payment.settled cannot be read: invalid ${name}`);
  }
  assertThrows(() => readEvent({ type: "payment.lost", schemaVersion: 1, data: {} }), EventStoreError);
});

Deno.test("streamOf() returns one stream per account, deposit, payment and payment request", () => {
  assertEquals(EVENTS.map(streamOf), [
    "account-a",
    "account-s",
    "account-a",
    "deposit-e",
    "payment-p",
    "payment-p",
    ...Array.from({ length: 5 }, () => "payment_request-r"),
  ]);
});
