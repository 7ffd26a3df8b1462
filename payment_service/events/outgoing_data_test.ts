import { assertEquals } from "@std/assert";
import { outgoingData } from "./outgoing_data.ts";

Deno.test("outgoingData() tells amounts as clients know them, and everything else as it is", () => {
  assertEquals(
    outgoingData({ data: { paymentId: "1", amount: "1234", currency: "BRL", description: null } }),
    {
      paymentId: "1",
      description: null,
      amount: { amount: "12.34", currency: "BRL" },
    },
  );
  assertEquals(outgoingData({ data: { amount: "1234", currency: "JPY" } }), {
    amount: { amount: "1234", currency: "JPY" },
  });
  assertEquals(outgoingData({ data: { accountId: "1", currency: "KWD" } }), {
    accountId: "1",
    currency: "KWD",
  });
});
