import { assert, assertEquals, assertMatch } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import type { Server } from "@archway/server/server.ts";
import { PAYMENT_DATABASES } from "./testing/payment_program.ts";
import {
  balanceOf,
  dataOf,
  idOf,
  money,
  openAccount,
  outcome,
  type PaymentResponse,
  paymentServer,
  send,
} from "./testing/payment_client.ts";

const MISSING = "01a2023b-983b-7000-83d3-81c8f54d2496";

interface Pair {
  readonly payer: string;
  readonly payee: string;
}

/** Opens two accounts, the first one with a balance. */
async function pair(server: Server, balance = "100.00"): Promise<Pair> {
  return { payer: await openAccount(server, balance), payee: await openAccount(server, "0") };
}

function body({ payer, payee }: Pair, amount = "10.00"): Readonly<Record<string, unknown>> {
  return { payerAccountId: payer, payeeAccountId: payee, amount: money(amount), description: "Lunch" };
}

function pay(server: Server, accounts: Pair, amount = "10.00"): Promise<PaymentResponse> {
  return send(server, "POST /v1/payments", { key: crypto.randomUUID(), body: body(accounts, amount) });
}

function ids({ body }: PaymentResponse): readonly unknown[] {
  return body.data?.map(({ id }) => id) ?? [];
}

/** Asserts that all entries sum to zero and all balances match their entries. */
async function assertBooks(pool: ConnectionPool): Promise<void> {
  const { rows } = await pool.writer().query<{ entries: string; balances: string; wrong: bigint }>(
    `select (select coalesce(sum(amount), 0) from entries) as entries,
      (select coalesce(sum(balance), 0) from accounts) as balances,
      (select count(*) from accounts where balance <>
        (select coalesce(sum(amount), 0) from entries where account_id = accounts.id)) as wrong`,
  );
  assertEquals(rows, [{ entries: "0", balances: "0", wrong: 0n }]);
}

/** Behaviour of the API on every database. Each case has accounts of its own. */
const CASES: Readonly<Record<string, (server: Server, pool: ConnectionPool) => Promise<void>>> = {
  "a profile has one open account per currency": async (server) => {
    const profileId = idOf(await send(server, "POST /v1/profiles", { body: { name: "Ada" } }));
    const spelt = { profileId: profileId.toUpperCase(), currency: "BRL" };
    const opened = await send(server, "POST /v1/accounts", { body: spelt });
    const { id, createdAt, updatedAt, ...rest } = dataOf(opened);
    assertEquals(rest, {
      kind: "customer",
      profileId,
      currency: "BRL",
      status: "open",
      balance: money("0.00"),
    });
    assertEquals(createdAt, updatedAt);
    assertEquals([opened.headers.get("location"), opened.headers.get("etag")], [`/v1/accounts/${id}`, '"1"']);
    const again = await send(server, "POST /v1/accounts", { body: { profileId, currency: "BRL" } });
    assertEquals(outcome(again), "409 account-exists");
    assertEquals(
      (await send(server, "POST /v1/accounts", { body: { profileId, currency: "JPY" } })).status,
      201,
    );
    const list = await send(server, `GET /v1/accounts?profileId=${profileId}`);
    assertEquals(list.body.data?.map(({ currency }) => currency), ["JPY", "BRL"]);
    assertEquals(Object.keys(list.body.meta?.["etags"] ?? {}), ids(list));
  },
  "a payment changes balances, statements and events": async (server, pool) => {
    const accounts = await pair(server);
    const paid = await pay(server, accounts, "12.34");
    const id = idOf(paid);
    assertEquals([paid.status, paid.headers.get("location"), paid.headers.get("etag")], [
      201,
      `/v1/payments/${id}`,
      '"1"',
    ]);
    const { createdAt, updatedAt, ...rest } = dataOf(paid);
    assertEquals(createdAt, updatedAt);
    assertEquals(rest, { id, ...body(accounts, "12.34"), status: "settled", refunded: money("0.00") });
    const read = await send(server, `GET /v1/payments/${id}`);
    assertEquals([read.body.data, read.headers.get("etag")], [paid.body.data, '"1"']);
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
  "a repeated payment is settled once, with identical responses": async (server) => {
    const accounts = await pair(server);
    const request = { key: crypto.randomUUID(), body: body(accounts) };
    const first = await send(server, "POST /v1/payments", request);
    const again = await send(server, "POST /v1/payments", request);
    assertEquals([again.status, again.text, again.headers.get("idempotency-replayed")], [
      201,
      first.text,
      "true",
    ]);
    for (const name of ["location", "etag", "content-type", "cache-control"]) {
      assertEquals(again.headers.get(name), first.headers.get(name), name);
    }
    assert(again.headers.has("consistency-token"));
    const other = await send(server, "POST /v1/payments", { ...request, body: body(accounts, "10.01") });
    assertEquals(outcome(other), "422 idempotency-key-reused");
    assertEquals(await balanceOf(server, accounts.payer), "90.00");
  },
  "a repeated request replays a refusal": async (server) => {
    const accounts = await pair(server, "5.00");
    const request = { key: crypto.randomUUID(), body: body(accounts) };
    const first = await send(server, "POST /v1/payments", request);
    assertEquals(outcome(first), "422 insufficient-funds");
    await send(server, `POST /v1/accounts/${accounts.payer}/deposits`, {
      key: crypto.randomUUID(),
      body: { amount: money("50.00") },
    });
    const again = await send(server, "POST /v1/payments", request);
    assertEquals([again.status, again.text, again.headers.get("idempotency-replayed")], [
      422,
      first.text,
      "true",
    ]);
    assertEquals(await balanceOf(server, accounts.payer), "55.00");
  },
  "a payment with a client-generated id can be repeated without a key": async (server) => {
    const accounts = await pair(server);
    const id = crypto.randomUUID();
    const first = await send(server, `PUT /v1/payments/${id}`, { body: body(accounts) });
    assertEquals([first.status, first.headers.get("location"), idOf(first)], [201, `/v1/payments/${id}`, id]);
    for (const spelling of [id, id.toUpperCase()]) {
      const again = await send(server, `PUT /v1/payments/${spelling}`, { body: body(accounts) });
      assertEquals([again.status, again.body.data, again.headers.get("location")], [
        200,
        first.body.data,
        null,
      ]);
    }
    const others = [
      body(accounts, "10.01"),
      { ...body(accounts), description: null },
      { ...body(accounts), description: "Dinner" },
      body({ payer: accounts.payee, payee: accounts.payer }),
    ];
    for (const other of others) {
      assertEquals(
        outcome(await send(server, `PUT /v1/payments/${id}`, { body: other })),
        "409 payment-exists",
      );
    }
    assertEquals(await balanceOf(server, accounts.payer), "90.00");
  },
  "a refused payment can succeed later under the same id": async (server) => {
    const accounts = await pair(server, "5.00");
    const id = crypto.randomUUID();
    const refused = await send(server, `PUT /v1/payments/${id}`, { body: body(accounts) });
    assertEquals(outcome(refused), "422 insufficient-funds");
    assertEquals(outcome(await send(server, `GET /v1/payments/${id}`)), "404 payment-not-found");
    await send(server, `POST /v1/accounts/${accounts.payer}/deposits`, {
      key: crypto.randomUUID(),
      body: { amount: money("5.00") },
    });
    assertEquals((await send(server, `PUT /v1/payments/${id}`, { body: body(accounts) })).status, 201);
  },
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
      '"1"',
    ]);
    assertEquals((await refund(0, "4.00", { description: "Too much" })).status, 200);
    assertEquals(outcome(await refund(0, "4.01")), "409 refund-exists");
    const partly = await send(server, `GET /v1/payments/${id}`);
    assertEquals([partly.body.data?.["status"], partly.body.data?.["refunded"], partly.headers.get("etag")], [
      "partially-refunded",
      money("4.00"),
      '"2"',
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
  "a statement is paged in both directions without gaps": async (server) => {
    const accounts = await pair(server);
    for (let time = 0; time < 4; time++) await pay(server, accounts, "1.00");
    const path = `/v1/accounts/${accounts.payer}/entries`;
    const all = await send(server, `GET ${path}`);
    const balances = all.body.data?.map(({ balance }) => balance);
    assertEquals(balances, ["96.00", "97.00", "98.00", "99.00", "100.00"].map((amount) => money(amount)));
    const first = await send(server, `GET ${path}?limit=3`);
    const second = await send(server, `GET ${path}?limit=3&after=${first.body.meta?.["nextCursor"]}`);
    assertEquals([...ids(first), ...ids(second)], ids(all));
    const back = await send(server, `GET ${path}?limit=3&before=${second.body.meta?.["prevCursor"]}`);
    assertEquals(ids(back), ids(first));
    const from = String(all.body.data?.[1]?.["createdAt"]);
    assertEquals(ids(await send(server, `GET ${path}?from=${from}`)), ids(all).slice(0, 2));
    assertEquals(ids(await send(server, `GET ${path}?to=${from}`)), ids(all).slice(2));
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
  "an account with a balance of zero can be closed, and then no longer used": async (server) => {
    const accounts = await pair(server);
    const path = `/v1/accounts/${accounts.payee}`;
    const id = idOf(await pay(server, accounts));
    assertEquals((await send(server, `POST ${path}/close`)).status, 428);
    const stale = await send(server, `POST ${path}/close`, { headers: { "If-Match": '"1"' } });
    assertEquals([outcome(stale), stale.headers.get("etag")], ["412 account-changed", '"2"']);
    const any = { headers: { "If-Match": "*" } };
    assertEquals(outcome(await send(server, `POST ${path}/close`, any)), "422 balance-not-zero");
    await pay(server, { payer: accounts.payee, payee: accounts.payer });
    const closing = await send(server, `POST ${path}/close`, any);
    assertEquals([closing.status, dataOf(closing)["status"]], [200, "closed"]);
    assertEquals(outcome(await send(server, `POST ${path}/close`, any)), "422 account-closed");
    const closed = await send(server, `GET ${path}`);
    assertEquals([closed.body.data?.["status"], closed.body.data?.["balance"]], ["closed", money("0.00")]);
    assertEquals(outcome(await pay(server, accounts)), "422 account-closed");
    assertEquals(
      outcome(await pay(server, { payer: accounts.payee, payee: accounts.payer })),
      "422 account-closed",
    );
    const deposit = { key: crypto.randomUUID(), body: { amount: money("1.00") } };
    assertEquals(outcome(await send(server, `POST ${path}/deposits`, deposit)), "422 account-closed");
    const refund = await send(server, `PUT /v1/payments/${id}/refunds/${id}`, {
      body: { amount: money("1.00") },
    });
    assertEquals(outcome(refund), "422 account-closed");
    const { profileId } = dataOf(closed);
    const again = await send(server, "POST /v1/accounts", { body: { profileId, currency: "BRL" } });
    assertEquals(again.status, 201);
  },
  "a deposit debits the settlement account of its currency": async (server) => {
    const before = Number((await settlement(server, "JPY"))["amount"] ?? 0);
    const account = await openAccount(server, "500", { currency: "JPY" });
    assertEquals(await balanceOf(server, account), "500");
    assertEquals(Number((await settlement(server, "JPY"))["amount"]), before - 500);
  },
  "missing resources are reported by their type": async (server) => {
    const missing: readonly (readonly [string, string])[] = [
      [`GET /v1/accounts/${MISSING}`, "404 account-not-found"],
      [`GET /v1/accounts/${MISSING}/entries`, "404 account-not-found"],
      [`GET /v1/payments/${MISSING}`, "404 payment-not-found"],
      [`GET /v1/payments/${MISSING}/events`, "404 payment-not-found"],
      [`GET /v1/payments/${MISSING}/refunds`, "404 payment-not-found"],
      [`GET /v1/payments/${MISSING}/refunds/${MISSING}`, "404 payment-not-found"],
    ];
    for (const [line, expected] of missing) assertEquals(outcome(await send(server, line)), expected, line);
    const id = idOf(await pay(server, await pair(server)));
    assertEquals(
      outcome(await send(server, `GET /v1/payments/${id}/refunds/${MISSING}`)),
      "404 refund-not-found",
    );
    const put = await send(server, `PUT /v1/payments/${MISSING}/refunds/${MISSING}`, {
      body: { amount: money("1.00") },
    });
    assertEquals(outcome(put), "404 payment-not-found");
    const deposit = { key: crypto.randomUUID(), body: { amount: money("1.00") } };
    assertEquals(
      outcome(await send(server, `POST /v1/accounts/${MISSING}/deposits`, deposit)),
      "404 account-not-found",
    );
    const none = await send(server, `GET /v1/payments?accountId=${MISSING}`);
    assertEquals([none.status, none.body.data], [200, []]);
  },
};

async function settlement(server: Server, currency: string): Promise<Readonly<Record<string, unknown>>> {
  const { body } = await send(server, "GET /v1/accounts?limit=200");
  const found = body.data?.find((account) =>
    account["kind"] === "settlement" && account["currency"] === currency
  );
  return { ...Object(found?.["balance"]) };
}

for (const [name, open] of Object.entries(PAYMENT_DATABASES)) {
  Deno.test(`Payment API on ${name}`, async (t) => {
    await using database = await open();
    await using server = paymentServer(database.pool);
    for (const [title, run] of Object.entries(CASES)) {
      await t.step(title, () => run(server, database.pool));
    }
  });
}
