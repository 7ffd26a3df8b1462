import { assertEquals } from "@std/assert";
import { findInconsistencies } from "../find_inconsistencies.ts";
import {
  balanceOf,
  dataOf,
  idOf,
  invalidParams,
  money,
  openAccount,
  outcome,
  send,
} from "../payment_client.ts";
import { get, type Harness, MISSING, pay, request, revisionsOf, terms } from "./request_harness.ts";

/** Payments of requests. */
export const REQUEST_PAYMENT_CASES: Readonly<Record<string, (harness: Harness) => Promise<void>>> = {
  "a request is paid once, by the first account": async (harness) => {
    const { server, pool, ada, bob, eve } = harness;
    const created = await request(harness, { reference: "invoice-1", description: "Lunch" });
    const id = idOf(created);
    const { createdAt, updatedAt, ...rest } = dataOf(created);
    assertEquals(createdAt, updatedAt);
    assertEquals(rest, {
      ...terms(bob),
      ...{ id, payerAccountId: null, reference: "invoice-1", description: "Lunch", status: "created" },
    });
    assertEquals([created.headers.get("location"), created.headers.get("etag")], [
      `/v1/payment-requests/${id}`,
      '"13"',
    ]);
    // Any caller with the id of a request that asks no account can read it.
    assertEquals((await get(harness, id, "ada")).body.data, created.body.data);
    const paid = await pay(harness, id, { as: "ada", payer: ada, tag: '"13"' });
    const payment = idOf(paid);
    assertEquals([paid.status, paid.headers.get("location"), paid.headers.get("etag")], [
      201,
      `/v1/payments/${payment}`,
      '"11"',
    ]);
    const sides = { payerAccountId: ada, payeeAccountId: bob, amount: money("10.00"), description: "Lunch" };
    assertEquals({ ...dataOf(paid), ...sides }, dataOf(paid));
    const read = await get(harness, id);
    const { status, paymentId } = dataOf(read);
    assertEquals([status, paymentId, read.headers.get("etag")], ["paid", payment, '"23"']);
    for (const tag of ['"13"', '"23"', '"7"']) {
      const again = await pay(harness, id, { as: "ada", payer: ada.toUpperCase(), tag });
      assertEquals([again.status, again.body.data, again.headers.get("location")], [
        200,
        paid.body.data,
        null,
      ]);
    }
    assertEquals(outcome(await pay(harness, id, { as: "eve", payer: eve })), "409 payment-request-paid");
    const cancel = { as: "bob", headers: { "If-Match": "*" } };
    const path = `/v1/payment-requests/${id}`;
    assertEquals(outcome(await send(server, `POST ${path}/cancel`, cancel)), "409 payment-request-paid");
    const revision = { ...cancel, body: terms(bob, { amount: money("11.00"), reference: "invoice-1" }) };
    assertEquals(outcome(await send(server, `PUT ${path}`, revision)), "409 payment-request-paid");
    assertEquals(await revisionsOf(harness, id), [[1, "created"], [2, "paid"]]);
    assertEquals([await balanceOf(server, ada, "ada"), await balanceOf(server, bob, "bob")], [
      "90.00",
      "10.00",
    ]);
    assertEquals(await findInconsistencies(pool.writer()), []);
  },
  "a refused payment leaves the request open": async (harness) => {
    const { server, ada, eve } = harness;
    const id = idOf(await request(harness, { amount: money("60.00"), payerAccountId: ada }));
    const yen = await openAccount(server, "0", { as: "ada", currency: "JPY" });
    const refusals: readonly (readonly [string, string, string, string?])[] = [
      ["404 payment-request-not-found", "eve", eve],
      ["422 not-payer", "bob", harness.bob, "body /payerAccountId"],
      ["422 not-payer", "ada", yen, "body /payerAccountId"],
    ];
    for (const [expected, as, payer, ...pointers] of refusals) {
      const refused = await pay(harness, id, { as, payer });
      assertEquals([outcome(refused), ...invalidParams(refused)], [expected, ...pointers]);
    }
    const open = idOf(await request(harness, { amount: money("60.00") }));
    const others: readonly (readonly [string, string, string, string?])[] = [
      ["422 unknown-account", "eve", ada, "body /payerAccountId"],
      ["422 unknown-account", "eve", MISSING, "body /payerAccountId"],
      ["422 currency-mismatch", "ada", yen, "body /payerAccountId"],
      ["422 same-account", "bob", harness.bob],
      ["422 insufficient-funds", "eve", eve],
    ];
    for (const [expected, as, payer, ...pointers] of others) {
      const refused = await pay(harness, open, { as, payer });
      assertEquals([outcome(refused), ...invalidParams(refused)], [expected, ...pointers]);
    }
    const none = await send(server, `PUT /v1/payment-requests/${open}/payment`, {
      as: "ada",
      body: { payerAccountId: ada },
    });
    assertEquals(none.status, 428);
    assertEquals(await revisionsOf(harness, open), [[1, "created"]]);
    assertEquals((await pay(harness, open, { as: "ada", payer: ada })).status, 201);
  },
};
