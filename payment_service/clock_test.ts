import { assertEquals } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import { keySweeper } from "@archway/service_kit/idempotency.ts";
import { microsecondsOf, type Timestamp, timestampOf } from "@archway/db/timestamp.ts";
import { PAYMENT_DATABASES } from "./testing/payment_program.ts";
import {
  balanceOf,
  idOf,
  money,
  openAccount,
  outcome,
  paymentServer,
  send,
} from "./testing/payment_client.ts";
import { isEqual } from "./rebuild/compare_tables.ts";
import { rebuildProjections } from "./rebuild/rebuild_projections.ts";
import { findInconsistencies } from "./testing/find_inconsistencies.ts";

const HOUR_MS = 3_600_000;

/** Clock that the test moves forward and back. */
class Clock {
  #now = microsecondsOf("2026-11-25T10:00:00Z");

  readonly now = (): Timestamp => timestampOf(this.#now += 10n);

  add(milliseconds: number): void {
    this.#now += BigInt(milliseconds) * 1_000n;
  }
}

const CASES: Readonly<Record<string, (pool: ConnectionPool) => Promise<void>>> = {
  "entries of an account keep their order when the clock is set back": async (pool) => {
    const clock = new Clock();
    await using server = paymentServer(pool, { now: clock.now });
    const [payer, payee] = [await openAccount(server, "10.00"), await openAccount(server, "0")];
    const body = { payerAccountId: payer, payeeAccountId: payee, amount: money("1.00") };
    const payments: string[] = [];
    for (let count = 0; count < 3; count++) {
      payments.push(idOf(await send(server, "POST /v1/payments", { key: crypto.randomUUID(), body })));
      clock.add(-HOUR_MS);
    }
    const refund = { body: { amount: money("0.25") } };
    const refunded = await send(
      server,
      `PUT /v1/payments/${payments[2]}/refunds/${crypto.randomUUID()}`,
      refund,
    );
    assertEquals(refunded.status, 201);

    const { body: statement } = await send(server, `GET /v1/accounts/${payer}/entries`);
    const balances = statement.data?.map(({ balance }) => Object(balance).amount);
    assertEquals(balances, ["7.25", "7.00", "8.00", "9.00", "10.00"]);
    const { body: history } = await send(server, `GET /v1/payments/${payments[2]}/events`);
    assertEquals(history.data?.map(({ type }) => type), ["payment.settled", "payment.refunded"]);
    // Paging neither skips nor repeats an entry.
    const seen: unknown[] = [];
    for (let query = "limit=2"; query !== "";) {
      const { body: { data, meta } } = await send(server, `GET /v1/accounts/${payer}/entries?${query}`);
      seen.push(...data?.map(({ id }) => id) ?? []);
      query = meta?.["nextCursor"] === undefined ? "" : `limit=2&after=${meta["nextCursor"]}`;
    }
    assertEquals(seen, statement.data?.map(({ id }) => id));
    assertEquals(await findInconsistencies(pool.writer()), []);
    const { tables } = await rebuildProjections(pool, { swap: false });
    assertEquals(tables.filter((table) => !isEqual(table)), []);
  },
  "a key stays valid when the clock is set back": async (pool) => {
    const clock = new Clock();
    await using server = paymentServer(pool, { now: clock.now });
    const [payer, payee] = [await openAccount(server, "10.00"), await openAccount(server, "0")];
    const body = { payerAccountId: payer, payeeAccountId: payee, amount: money("1.00") };
    const key = crypto.randomUUID();
    const first = await send(server, "POST /v1/payments", { key, body });
    clock.add(-24 * HOUR_MS);
    const again = await send(server, "POST /v1/payments", { key, body });
    assertEquals([again.status, again.text], [201, first.text]);
    assertEquals(again.headers.get("idempotency-replayed"), "true");
    assertEquals(await balanceOf(server, payer), "9.00");
  },
  "a key that has expired is refused until it is forgotten, and then stands for something new": async (
    pool,
  ) => {
    const clock = new Clock();
    await using server = paymentServer(pool, { now: clock.now });
    await using sweeper = keySweeper({
      writer: () => pool.writer(),
      // The lifetime of keys in the server.
      ttlMs: HOUR_MS,
      now: clock.now,
      onFailed: (error) => {
        throw error;
      },
    });
    const [payer, payee] = [await openAccount(server, "10.00"), await openAccount(server, "0")];
    const body = { payerAccountId: payer, payeeAccountId: payee, amount: money("1.00") };
    const key = crypto.randomUUID();
    const first = await send(server, "POST /v1/payments", { key, body });
    clock.add(1.5 * HOUR_MS);
    await sweeper.run();
    assertEquals(
      outcome(await send(server, "POST /v1/payments", { key, body })),
      "422 idempotency-key-expired",
    );
    assertEquals(await balanceOf(server, payer), "9.00");
    // With the clock set back, the response is still stored.
    clock.add(-HOUR_MS);
    assertEquals((await send(server, "POST /v1/payments", { key, body })).text, first.text);
    clock.add(2 * HOUR_MS);
    await sweeper.run();
    const second = await send(server, "POST /v1/payments", { key, body });
    assertEquals([second.status, second.headers.get("idempotency-replayed")], [201, null]);
    assertEquals(await balanceOf(server, payer), "8.00");
    assertEquals(await findInconsistencies(pool.writer()), []);
  },
};

for (const [name, open] of Object.entries(PAYMENT_DATABASES)) {
  Deno.test(`Payment API with a changing clock on ${name}`, async (t) => {
    await using database = await open();
    for (const [title, run] of Object.entries(CASES)) await t.step(title, () => run(database.pool));
  });
}
