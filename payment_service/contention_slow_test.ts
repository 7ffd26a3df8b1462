import { assert, assertEquals } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { Server } from "@archway/server/server.ts";
import { PAYMENT_MIGRATIONS } from "./testing/payment_program.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import {
  balanceOf,
  dataOf,
  idOf,
  money,
  openAccount,
  outcome,
  outcomes,
  type PaymentResponse,
  paymentServer,
  send,
} from "./testing/payment_client.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";

interface Harness {
  readonly pool: ConnectionPool;
  /** Two servers that share nothing but the database, like two processes. */
  readonly servers: readonly [Server, Server];
}

async function withHarness(run: (harness: Harness) => Promise<void>): Promise<void> {
  await using database = await useTestDatabase({ migrations: PAYMENT_MIGRATIONS });
  await using pool = openPool({ primary: database.instance, replicas: [], ...GENEROUS_TIMEOUTS });
  await using other = openPool({ primary: database.instance, replicas: [], ...GENEROUS_TIMEOUTS });
  await using first = paymentServer(pool);
  await using second = paymentServer(other);
  await run({ pool, servers: [first, second] });
}

function payment(
  payerAccountId: string,
  payeeAccountId: string,
  amount: string,
): Readonly<Record<string, unknown>> {
  return { payerAccountId, payeeAccountId, amount: money(amount) };
}

function many(count: number, run: (index: number) => Promise<PaymentResponse>): Promise<PaymentResponse[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => run(index)));
}

async function assertBooks(pool: ConnectionPool): Promise<void> {
  const { rows } = await pool.writer().query(
    `select (select sum(amount) from entries) as entries, (select sum(balance) from accounts) as balances`,
  );
  assertEquals(rows, [{ entries: "0", balances: "0" }]);
}

Deno.test("POST /v1/payments settles one payment per key for concurrent requests", () =>
  withHarness(async ({ pool, servers }) => {
    const payer = await openAccount(servers[0], "100.00");
    const payee = await openAccount(servers[0], "0");
    for (let round = 0; round < 10; round++) {
      const responses = await many(8, (index) =>
        send(servers[index % 2] ?? servers[0], "POST /v1/payments", {
          key: `round ${round}`.replace(" ", "-"),
          body: payment(payer, payee, "1.00"),
        }));
      const done = responses.filter(({ status }) => status === 201);
      assert(done.length >= 1);
      assertEquals(new Set(done.map(({ text }) => text)).size, 1);
      for (const response of responses.filter(({ status }) => status !== 201)) {
        assertEquals([outcome(response), response.headers.get("retry-after")], [
          "409 idempotency-key-in-use",
          "1",
        ]);
      }
    }
    assertEquals(await balanceOf(servers[0], payee), "10.00");
    await assertBooks(pool);
  }));

Deno.test("PUT /v1/payments/{id} settles one payment per id for concurrent requests", () =>
  withHarness(async ({ pool, servers }) => {
    const payer = await openAccount(servers[0], "100.00");
    const payee = await openAccount(servers[0], "0");
    for (let round = 0; round < 10; round++) {
      const id = crypto.randomUUID();
      const responses = await many(
        8,
        (index) =>
          send(servers[index % 2] ?? servers[0], `PUT /v1/payments/${id}`, {
            body: payment(payer, payee, "1.00"),
          }),
      );
      assertEquals(outcomes(responses), { "201": 1, "200": 7 });
    }
    assertEquals(await balanceOf(servers[0], payee), "10.00");
    await assertBooks(pool);
  }));

Deno.test("PUT /v1/payments/{id} settles one of several different payments with one id", () =>
  withHarness(async ({ servers }) => {
    const payer = await openAccount(servers[0], "100.00");
    const payee = await openAccount(servers[0], "0");
    const id = crypto.randomUUID();
    const responses = await many(
      8,
      (index) =>
        send(servers[index % 2] ?? servers[0], `PUT /v1/payments/${id}`, {
          body: payment(payer, payee, `${index + 1}.00`),
        }),
    );
    assertEquals(outcomes(responses), { "201": 1, "409 payment-exists": 7 });
  }));

Deno.test("An account that is closed and paid concurrently is either closed or paid", () =>
  withHarness(async ({ pool, servers }) => {
    const payer = await openAccount(servers[0], "100.00");
    for (let round = 0; round < 10; round++) {
      const payee = await openAccount(servers[0], "0");
      const pays = (): Promise<PaymentResponse> =>
        send(servers[0], "POST /v1/payments", {
          key: crypto.randomUUID(),
          body: payment(payer, payee, "1.00"),
        });
      const closes = (): Promise<PaymentResponse> =>
        send(servers[1], `POST /v1/accounts/${payee}/close`, { headers: { "If-Match": "*" } });
      // Alternates the order in which the requests are sent.
      const [paid, closed] = round % 2 === 0
        ? await Promise.all([pays(), closes()])
        : (await Promise.all([closes(), pays()])).toReversed();
      assert(paid !== undefined && closed !== undefined);
      if (closed.status === 200) {
        assertEquals(outcome(paid), "422 account-closed");
        assertEquals(await balanceOf(servers[0], payee), "0.00");
      } else {
        assertEquals([paid.status, outcome(closed)], [201, "422 balance-not-zero"]);
        assertEquals(await balanceOf(servers[0], payee), "1.00");
      }
    }
    await assertBooks(pool);
  }));

Deno.test("Concurrent payments to and from a hot account succeed without deadlocks", () =>
  withHarness(async ({ pool, servers }) => {
    const hot = await openAccount(servers[0], "50.00");
    const others = await Promise.all(Array.from({ length: 8 }, () => openAccount(servers[0], "50.00")));
    const responses = await many(160, (index) => {
      const other = others[index % others.length] ?? "";
      const [from, to] = index % 3 === 0 ? [hot, other] : [other, hot];
      return send(servers[index % 2] ?? servers[0], "POST /v1/payments", {
        key: crypto.randomUUID(),
        body: payment(from, to, "0.50"),
      });
    });
    assertEquals(outcomes(responses), { "201": 160 });
    // Every third payment is outgoing.
    assertEquals(await balanceOf(servers[0], hot), (50 + 0.5 * (106 - 54)).toFixed(2));
    const { body } = await send(servers[0], `GET /v1/accounts/${hot}/entries?limit=200`);
    const amounts = (body.data ?? []).map(({ amount, balance }) => [units(amount), units(balance)] as const);
    // The statement is ordered by time.
    for (const [index, [amount, balance]] of amounts.entries()) {
      assertEquals(balance - amount, amounts[index + 1]?.[1] ?? 0);
    }
    await assertBooks(pool);
  }));

Deno.test("Concurrent payments never overdraw an account", () =>
  withHarness(async ({ pool, servers }) => {
    const payer = await openAccount(servers[0], "10.00");
    const payee = await openAccount(servers[0], "0");
    const responses = await many(30, (index) =>
      send(servers[index % 2] ?? servers[0], "POST /v1/payments", {
        key: crypto.randomUUID(),
        body: payment(payer, payee, "1.00"),
      }));
    assertEquals(outcomes(responses), { "201": 10, "422 insufficient-funds": 20 });
    assertEquals(await balanceOf(servers[0], payer), "0.00");
    await assertBooks(pool);
  }));

Deno.test("Concurrent refunds never exceed the payment", () =>
  withHarness(async ({ pool, servers }) => {
    const payer = await openAccount(servers[0], "10.00");
    const payee = await openAccount(servers[0], "90.00");
    const id = idOf(
      await send(servers[0], "POST /v1/payments", { key: "a", body: payment(payer, payee, "10.00") }),
    );
    const responses = await many(
      20,
      (index) =>
        send(servers[index % 2] ?? servers[0], `PUT /v1/payments/${id}/refunds/${crypto.randomUUID()}`, {
          body: { amount: money("1.50") },
        }),
    );
    assertEquals(outcomes(responses), { "201": 6, "422 refund-exceeds-payment": 14 });
    assertEquals(dataOf(await send(servers[0], `GET /v1/payments/${id}`))["refunded"], money("9.00"));
    const twice = crypto.randomUUID();
    const same = await many(
      8,
      (index) =>
        send(servers[index % 2] ?? servers[0], `PUT /v1/payments/${id}/refunds/${twice}`, {
          body: { amount: money("0.25") },
        }),
    );
    assertEquals(outcomes(same), { "201": 1, "200": 7 });
    await assertBooks(pool);
  }));

Deno.test("Concurrent first deposits of a currency open one settlement account", () =>
  withHarness(async ({ pool, servers }) => {
    const accounts = await Promise.all(
      Array.from({ length: 8 }, () => openAccount(servers[0], "0", { currency: "KWD" })),
    );
    const responses = await many(
      16,
      (index) =>
        send(servers[index % 2] ?? servers[0], `POST /v1/accounts/${accounts[index % 8]}/deposits`, {
          key: crypto.randomUUID(),
          body: { amount: money("1.000", "KWD") },
        }),
    );
    assertEquals(outcomes(responses), { "201": 16 });
    const { rows } = await pool.writer().query("select balance from accounts where kind = 'settlement'");
    assertEquals(rows, [{ balance: -16_000n }]);
    await assertBooks(pool);
  }));

Deno.test("Entries keep their order when the clock is set back", async () => {
  await using database = await useTestDatabase({ migrations: PAYMENT_MIGRATIONS });
  await using pool = openPool({ primary: database.instance, replicas: [] });
  let hour = 10;
  await using server = paymentServer(pool, {
    now: () => `2026-11-25T${String(hour).padStart(2, "0")}:00:00Z`,
  });
  const payer = await openAccount(server, "10.00");
  const payee = await openAccount(server, "0");
  for (hour of [11, 9, 9, 12, 3]) {
    const body = payment(payer, payee, "1.00");
    assertEquals((await send(server, "POST /v1/payments", { key: crypto.randomUUID(), body })).status, 201);
  }
  const { body } = await send(server, `GET /v1/accounts/${payer}/entries`);
  assertEquals(body.data?.map(({ balance, createdAt }) => [units(balance), createdAt]), [
    [500, "2026-11-25T12:00:00.000001Z"],
    [600, "2026-11-25T12:00:00Z"],
    [700, "2026-11-25T11:00:00.000002Z"],
    [800, "2026-11-25T11:00:00.000001Z"],
    [900, "2026-11-25T11:00:00Z"],
    [1000, "2026-11-25T10:00:00.000001Z"],
  ]);
});

function units(written: unknown): number {
  const { amount }: { readonly amount?: string } = { ...Object(written) };
  return Math.round(Number(amount) * 100);
}
