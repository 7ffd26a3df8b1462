import { assert, assertEquals, assertMatch } from "@std/assert";
import { balanceOf, dataOf, idOf, money, type PaymentResponse, send } from "../payment_client.ts";
import { assertBooks, body, ids, pair, pay, type PaymentCases } from "./payment_harness.ts";

/** Payments, and what they change. */
export const PAYMENT_CASES: PaymentCases = {
  "a payment changes balances, statements and events": async (server, pool) => {
    const accounts = await pair(server);
    const paid = await pay(server, accounts, "12.34");
    const id = idOf(paid);
    assertEquals([paid.status, paid.headers.get("location"), paid.headers.get("etag")], [
      201,
      `/v1/payments/${id}`,
      '"11"',
    ]);
    const { createdAt, updatedAt, ...rest } = dataOf(paid);
    assertEquals(createdAt, updatedAt);
    assertEquals(rest, { id, ...body(accounts, "12.34"), status: "settled", refunded: money("0.00") });
    const read = await send(server, `GET /v1/payments/${id}`);
    assertEquals([read.body.data, read.headers.get("etag")], [paid.body.data, '"11"']);
    assertEquals([await balanceOf(server, accounts.payer), await balanceOf(server, accounts.payee)], [
      "87.66",
      "12.34",
    ]);
    const statement = await send(server, `GET /v1/accounts/${accounts.payer}/entries`);
    assertEquals(
      statement.body.data?.map(({ kind, amount, balance, paymentId }) => [kind, amount, balance, paymentId]),
      [
        ["payment", money("-12.34"), money("87.66"), id],
        ["deposit", money("100.00"), money("100.00"), undefined],
      ],
    );
    const events = await send(server, `GET /v1/payments/${id}/events`);
    assertEquals(events.body.data?.map(({ type, version, createdAt }) => [type, version, createdAt]), [
      ["payment.settled", 1, createdAt],
    ]);
    await assertBooks(pool);
  },
  "an event stores its cause, which clients cannot read": async (server, pool) => {
    const accounts = await pair(server);
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const paid = await send(server, "POST /v1/payments", {
      key: crypto.randomUUID(),
      body: body(accounts),
      headers: { "X-Request-Id": "lunch", traceparent },
    });
    const { rows } = await pool.writer().query(
      "select metadata, schema_version, recorded_at from events where stream = $1",
      [`payment-${idOf(paid)}`],
    );
    const { createdAt } = dataOf(paid);
    assertEquals(rows, [{
      metadata: { requestId: "lunch", traceparent },
      schema_version: 1,
      recorded_at: createdAt,
    }]);
    const events = await send(server, `GET /v1/payments/${idOf(paid)}/events`);
    assert(!events.text.includes("lunch"));
  },
  "conditional reads return 304 for unchanged resources": async (server) => {
    const accounts = await pair(server);
    const id = idOf(await pay(server, accounts));
    for (
      const path of [
        `/v1/payments/${id}`,
        `/v1/payments/${id}/events`,
        `/v1/payments/${id}/refunds`,
        `/v1/payments?accountId=${accounts.payer}`,
        `/v1/accounts/${accounts.payer}`,
        `/v1/accounts/${accounts.payer}/entries`,
      ]
    ) {
      const etag = (await send(server, `GET ${path}`)).headers.get("etag") ?? "";
      const headers = { "If-None-Match": etag };
      assertEquals((await send(server, `GET ${path}`, { headers })).status, 304, path);
      const head = await send(server, `HEAD ${path}`);
      assertEquals([head.status, head.text, head.headers.get("etag")], [200, "", etag], path);
    }
    const before = (await send(server, `GET /v1/accounts/${accounts.payer}`)).headers.get("etag");
    await pay(server, accounts);
    assert((await send(server, `GET /v1/accounts/${accounts.payer}`)).headers.get("etag") !== before);
  },
  "lists are filtered and paged": async (server) => {
    const accounts = await pair(server);
    const made: string[] = [];
    for (let time = 0; time < 5; time++) made.unshift(idOf(await pay(server, accounts, "1.00")));
    await send(server, `PUT /v1/payments/${made[1]}/refunds/${made[1]}`, { body: { amount: money("1.00") } });
    await send(server, `PUT /v1/payments/${made[2]}/refunds/${made[1]}`, { body: { amount: money("0.50") } });
    for (const accountId of [accounts.payer, accounts.payee]) {
      const path = `/v1/payments?limit=2&accountId=${accountId}`;
      const first = await send(server, `GET ${path}`);
      assertEquals(ids(first), made.slice(0, 2));
      assertMatch(
        first.headers.get("link") ?? "",
        new RegExp(`accountId=${accountId}&after=\\S+; rel="next"`),
      );
      const second = await send(server, `GET ${path}&after=${first.body.meta?.["nextCursor"]}`);
      assertEquals(ids(second), made.slice(2, 4));
      const third = await send(server, `GET ${path}&after=${second.body.meta?.["nextCursor"]}`);
      assertEquals([ids(third), third.body.meta?.["nextCursor"]], [made.slice(4), undefined]);
      const back = await send(server, `GET ${path}&before=${third.body.meta?.["prevCursor"]}`);
      assertEquals(ids(back), made.slice(2, 4));
    }
    const statuses = { settled: [0, 3, 4], "partially-refunded": [2], refunded: [1] };
    for (const [status, places] of Object.entries(statuses)) {
      const found = await send(server, `GET /v1/payments?accountId=${accounts.payer}&status=${status}`);
      assertEquals(ids(found), places.map((place) => made[place]), status);
    }
    const third = await send(server, `GET /v1/payments/${made[2]}`);
    const at = String(third.body.data?.["createdAt"]);
    const since = await send(server, `GET /v1/payments?accountId=${accounts.payer}&from=${at}`);
    const until = await send(server, `GET /v1/payments?accountId=${accounts.payer}&to=${at}`);
    assertEquals([ids(since), ids(until)], [made.slice(0, 3), made.slice(3)]);
  },
  "events of a payment are paged": async (server) => {
    const accounts = await pair(server);
    const id = idOf(await pay(server, accounts));
    for (let time = 0; time < 3; time++) {
      const path = `PUT /v1/payments/${id}/refunds/${crypto.randomUUID()}`;
      await send(server, path, { body: { amount: money("1.00") } });
    }
    const versions = ({ body }: PaymentResponse): unknown => body.data?.map(({ version }) => version);
    const path = `/v1/payments/${id}/events?limit=3`;
    const first = await send(server, `GET ${path}`);
    const second = await send(server, `GET ${path}&after=${first.body.meta?.["nextCursor"]}`);
    assertEquals([versions(first), versions(second)], [[1, 2, 3], [4]]);
    assertEquals([first.body.meta?.["prevCursor"], second.body.meta?.["nextCursor"]], [undefined, undefined]);
    const back = await send(server, `GET ${path}&before=${second.body.meta?.["prevCursor"]}`);
    assertEquals(versions(back), [1, 2, 3]);
    const inner = await send(
      server,
      `GET /v1/payments/${id}/events?limit=1&after=${first.body.meta?.["nextCursor"]}`,
    );
    const before = await send(
      server,
      `GET /v1/payments/${id}/events?limit=1&before=${inner.body.meta?.["prevCursor"]}`,
    );
    assertEquals(versions(before), [3]);
  },
};
