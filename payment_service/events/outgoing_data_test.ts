import { assertEquals } from "@std/assert";
import { SAMPLE_EVENTS } from "../testing/sample_events.ts";
import { outgoingData } from "./outgoing_data.ts";

Deno.test("outgoingData() contains the published members of each type, and no others", () => {
  const members = Object.fromEntries(
    Object.values(SAMPLE_EVENTS).map((event) => [event.type, Object.keys(outgoingData(event)).toSorted()]),
  );
  const payment = [
    "amount",
    "description",
    "payeeAccountId",
    "payeeProfileId",
    "payerAccountId",
    "payerProfileId",
    "paymentId",
  ];
  const request = [
    ...["amount", "description", "expiresAt", "payeeAccountId", "payeeProfileId", "payerAccountId"],
    ...["payerProfileId", "reference", "requestId"],
  ];
  assertEquals(members, {
    "account.opened": ["accountId", "currency", "kind", "profileId"],
    "account.closed": ["accountId", "currency", "profileId"],
    "deposit.settled": ["accountId", "amount", "depositId", "profileId"],
    "payment.settled": payment,
    "payment.refunded": [...payment, "refundId"].toSorted(),
    "payment_request.created": request,
    "payment_request.revised": request,
    "payment_request.paid": [...request, "paymentId"].toSorted(),
    "payment_request.expired": request,
    "payment_request.cancelled": request,
  });
});

Deno.test("outgoingData() formats amounts as decimal strings", () => {
  const deposit = SAMPLE_EVENTS["deposit.settled"];
  for (const [currency, amount] of [["BRL", "12.34"], ["JPY", "1234"], ["KWD", "1.234"]] as const) {
    assertEquals(outgoingData({ ...deposit, amount: { units: 1234n, currency } }), {
      depositId: deposit.depositId,
      accountId: deposit.accountId,
      profileId: deposit.profileId,
      amount: { amount, currency },
    });
  }
});
