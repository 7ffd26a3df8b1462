import { assertEquals } from "@std/assert";
import {
  balanceOf,
  idOf,
  money,
  openAccount,
  outcome,
  type PaymentResponse,
  send,
} from "../payment_client.ts";
import { assertBooks, body, ids, pair, pay, type PaymentCases } from "./payment_harness.ts";

/** Refunds. */
export const REFUND_CASES: PaymentCases = {
  "a payment is refunded in parts, up to its amount": async (server, pool) => {
    const accounts = await pair(server);
    const id = idOf(await pay(server, accounts));
    const refunds = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
    const refund = (index: number, amount: string, more = {}): Promise<PaymentResponse> =>
      send(server, `PUT /v1/payments/${id}/refunds/${refunds[index]}`, {
        body: { amount: money(amount), ...more },
      });
    const first = await refund(0, "4.00", { description: "Too much" });
    assertEquals([first.status, first.headers.get("location"), first.headers.get("etag")], [
      201,
      `/v1/payments/${id}/refunds/${refunds[0]}`,
      '"11"',
    ]);
    assertEquals((await refund(0, "4.00", { description: "Too much" })).status, 200);
    assertEquals(outcome(await refund(0, "4.01")), "409 refund-exists");
    const partly = await send(server, `GET /v1/payments/${id}`);
    assertEquals([partly.body.data?.["status"], partly.body.data?.["refunded"], partly.headers.get("etag")], [
      "partially-refunded",
      money("4.00"),
      '"21"',
    ]);
    assertEquals(outcome(await refund(1, "6.01")), "422 refund-exceeds-payment");
    assertEquals((await refund(1, "6.00")).status, 201);
    assertEquals(outcome(await refund(2, "0.01")), "422 refund-exceeds-payment");
    assertEquals((await send(server, `GET /v1/payments/${id}`)).body.data?.["status"], "refunded");
    assertEquals(ids(await send(server, `GET /v1/payments/${id}/refunds`)), [refunds[1], refunds[0]]);
    const one = await send(server, `GET /v1/payments/${id}/refunds/${refunds[0]}`);
    assertEquals(one.body.data, first.body.data);
    const events = await send(server, `GET /v1/payments/${id}/events`);
    assertEquals(events.body.data?.map(({ type, version }) => [type, version]), [
      ["payment.settled", 1],
      ["payment.refunded", 2],
      ["payment.refunded", 3],
    ]);
    assertEquals([await balanceOf(server, accounts.payer), await balanceOf(server, accounts.payee)], [
      "100.00",
      "0.00",
    ]);
    await assertBooks(pool);
  },
  "a refund requires a sufficient balance and the payment's currency": async (server) => {
    const accounts = await pair(server);
    const third = await openAccount(server, "0");
    const id = idOf(await pay(server, accounts));
    await pay(server, { payer: accounts.payee, payee: third }, "8.00");
    const path = `PUT /v1/payments/${id}/refunds/${crypto.randomUUID()}`;
    assertEquals(
      outcome(await send(server, path, { body: { amount: money("3.00") } })),
      "422 insufficient-funds",
    );
    assertEquals(
      outcome(await send(server, path, { body: { amount: money("3", "JPY") } })),
      "422 currency-mismatch",
    );
    assertEquals((await send(server, path, { body: { amount: money("2.00") } })).status, 201);
  },
  "refund ids are unique within a payment only": async (server) => {
    const accounts = await pair(server);
    const id = idOf(await pay(server, accounts));
    const other = idOf(await pay(server, accounts));
    for (const payment of [id, other]) {
      const path = `PUT /v1/payments/${payment}/refunds/${id}`;
      assertEquals((await send(server, path, { body: { amount: money("1.00") } })).status, 201);
    }
    const taken = await send(server, `PUT /v1/payments/${accounts.payer}`, { body: body(accounts) });
    assertEquals(taken.status, 201);
  },
};
