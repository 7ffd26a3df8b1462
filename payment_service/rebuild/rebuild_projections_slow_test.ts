import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import { EventStoreError } from "@archway/events/event_store.ts";
import type { Server } from "@archway/server/server.ts";
import { PAYMENT_DATABASES } from "../testing/payment_program.ts";
import { emptyPaymentTables } from "../testing/empty_payment_tables.ts";
import { idOf, money, openAccount, paymentServer, send } from "../testing/payment_client.ts";
import { isEqual } from "./compare_tables.ts";
import { RebuildError } from "./rebuild_error.ts";
import { rebuildProjections, type RebuildSummary } from "./rebuild_projections.ts";

interface Harness {
  readonly pool: ConnectionPool;
  readonly server: Server;
  readonly payer: string;
  readonly payee: string;
  /** A partially refunded payment. */
  readonly payment: string;
}

function pay(
  { server, payer, payee }: Pick<Harness, "server" | "payer" | "payee">,
): Promise<{ status: number }> {
  return send(server, "POST /v1/payments", {
    key: crypto.randomUUID(),
    body: { payerAccountId: payer, payeeAccountId: payee, amount: money("1.00"), description: "Ω" },
  });
}

/** Creates events of all types. */
async function fill(pool: ConnectionPool, server: Server): Promise<Harness> {
  const payer = await openAccount(server, "100.00");
  const payee = await openAccount(server, "0");
  const payment = crypto.randomUUID();
  await send(server, `PUT /v1/payments/${payment}`, {
    body: { payerAccountId: payer, payeeAccountId: payee, amount: money("5.00") },
  });
  await send(server, `PUT /v1/payments/${payment}/refunds/${payment}`, { body: { amount: money("2.00") } });
  const closed = await openAccount(server, "0", { currency: "JPY" });
  await send(server, `POST /v1/accounts/${closed}/close`, { headers: { "If-Match": "*" } });
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  const terms = { payeeAccountId: payee, amount: money("1.00"), expiresAt };
  const request = `/v1/payment-requests/${payment}`;
  await send(server, `PUT ${request}`, { body: terms });
  const revised = { ...terms, payerAccountId: payer, description: "Ω" };
  await send(server, `PUT ${request}`, { body: revised, headers: { "If-Match": "*" } });
  await send(server, `POST ${request}/cancel`, { headers: { "If-Match": "*" } });
  return { pool, server, payer, payee, payment };
}

async function rows(pool: ConnectionPool): Promise<readonly unknown[]> {
  const tables = ["accounts", "payments", "payment_requests", "refunds", "entries"];
  const texts = tables.map((table) => `select '${table}' || row::text as text from ${table} as row`);
  return (await pool.writer().query(`${texts.join(" union all ")} order by text`)).rows;
}

/** Runs statements with triggers disabled, to write rows that they would reject. */
async function corrupt(pool: ConnectionPool, statements: readonly string[]): Promise<void> {
  await pool.withTx(async (tx) => {
    const tables = ["accounts", "payments", "refunds", "entries"];
    for (const table of tables) await tx.query(`alter table ${table} disable trigger user`);
    for (const statement of statements) await tx.query(statement);
    for (const table of tables) await tx.query(`alter table ${table} enable trigger user`);
  });
}

function different({ tables }: RebuildSummary): unknown {
  return tables.filter((table) => !isEqual(table)).map(({ table, missing, extra, different }) => [
    table,
    { missing, extra, different },
  ]);
}

/** Runs a statement in a transaction that stays open until it is released. */
async function hold(pool: ConnectionPool, statement: string): Promise<{ release(): Promise<void> }> {
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  const running = pool.withTx(async (tx) => {
    await tx.query(statement);
    begin();
    await over;
  });
  await begun;
  return {
    release(): Promise<void> {
      end();
      return running;
    },
  };
}

/** Resolves when a number of transactions wait for table locks of this database. */
async function untilWaiting(pool: ConnectionPool, count: number): Promise<void> {
  const waiting = `select from pg_locks where not granted and locktype = 'relation'
    and database = (select oid from pg_database where datname = current_database())`;
  while ((await pool.writer().query(waiting)).rowCount < count);
}

const CASES: Readonly<Record<string, (harness: Harness) => Promise<void>>> = {
  "the live tables match the events": async ({ pool }) => {
    const before = await rows(pool);
    const progress: (readonly [number, number])[] = [];
    const summary = await rebuildProjections(pool, {
      swap: false,
      onProgress: (events, total) => progress.push([events, total]),
    });
    assertEquals(different(summary), []);
    assertEquals([summary.events, summary.swapped, progress.at(0), progress.at(-1)], [
      11,
      false,
      [0, 11],
      [11, 11],
    ]);
    assertEquals(summary.tables.map(({ table, rows }) => [table, rows]), [
      ["accounts", 4],
      ["payments", 1],
      ["payment_requests", 1],
      ["refunds", 1],
      ["entries", 6],
    ]);
    assertEquals(await rows(pool), before);
    const left = await pool.writer().query("select from pg_class where relname like 'archway_rebuild%'");
    assertEquals(left.rowCount, 0);
  },
  "differences are reported and not changed": async ({ pool, payment }) => {
    await corrupt(pool, [
      "update payments set description = 'Changed'",
      "delete from refunds",
      `insert into refunds select '${payment}', gen_random_uuid(), 'BRL', 1, null, now()`,
      "update accounts set version = version + 1 where kind = 'settlement'",
    ]);
    const before = await rows(pool);
    const summary = await rebuildProjections(pool, { swap: false });
    assertEquals(different(summary), [
      ["accounts", { missing: 0, extra: 0, different: 1 }],
      ["payments", { missing: 0, extra: 0, different: 1 }],
      ["refunds", { missing: 1, extra: 1, different: 0 }],
    ]);
    assertEquals(summary.tables[1]?.examples, [payment]);
    assertEquals(await rows(pool), before);
  },
  "differing rows are replaced on request": async (harness) => {
    const { pool } = harness;
    const before = await rows(pool);
    await corrupt(pool, [
      "update payments set description = 'Changed', refunded = 0",
      "delete from entries",
      "delete from refunds",
      "update payment_requests set amount = 2, status = 'created'",
      "update accounts set balance = 0",
    ]);
    const summary = await rebuildProjections(pool, { swap: true });
    assertEquals([summary.swapped, different(summary)], [true, [
      ["accounts", { missing: 0, extra: 0, different: 3 }],
      ["payments", { missing: 0, extra: 0, different: 1 }],
      ["payment_requests", { missing: 0, extra: 0, different: 1 }],
      ["refunds", { missing: 1, extra: 0, different: 0 }],
      ["entries", { missing: 6, extra: 0, different: 0 }],
    ]]);
    assertEquals(await rows(pool), before);
    assertEquals((await rebuildProjections(pool, { swap: true })).swapped, false);
    assertEquals((await pay(harness)).status, 201);
  },
  "empty tables are rebuilt": async ({ pool }) => {
    const before = await rows(pool);
    await pool.writer().query("truncate accounts, payments, payment_requests, refunds, entries");
    assertEquals((await rebuildProjections(pool, { swap: true })).swapped, true);
    assertEquals(await rows(pool), before);
  },
  "an abort ends the rebuild without changes": async ({ pool }) => {
    await pool.writer().query("update payments set description = 'Changed'");
    const before = await rows(pool);
    const stopping = new AbortController();
    const reason = new Error("Stopped");
    const rebuilding = rebuildProjections(pool, {
      swap: true,
      signal: stopping.signal,
      onProgress: (events) => events > 0 && stopping.abort(reason),
    });
    await assertRejects(() => rebuilding, Error, "Stopped");
    assertEquals(await rows(pool), before);
  },
  "events of other services are ignored": async ({ pool }) => {
    await pool.writer().query(
      `insert into events (stream, version, type, data, metadata, recorded_at)
        values ('order-1', 1, 'order.placed', '{}', '{}', now()), ('paymentx-1', 1, 'x', '{}', '{}', now())`,
    );
    const summary = await rebuildProjections(pool, { swap: false });
    assertEquals([summary.events, different(summary)], [11, []]);
  },
  "an unknown event fails the rebuild": async ({ pool }) => {
    await pool.writer().query(
      `insert into events (stream, version, type, data, metadata, recorded_at)
        values ('payment-x', 1, 'payment.disputed', '{}', '{}', now())`,
    );
    const { code } = await assertRejects(() => rebuildProjections(pool, { swap: true }), EventStoreError);
    assertEquals(code, "unknown-event");
  },
};

for (const [name, open] of Object.entries(PAYMENT_DATABASES)) {
  Deno.test(`rebuildProjections() on ${name}`, async (t) => {
    await using database = await open();
    await using server = paymentServer(database.pool);
    for (const [title, run] of Object.entries(CASES)) {
      await t.step(title, async () => {
        await emptyPaymentTables(database.pool);
        await run(await fill(database.pool, server));
      });
    }
  });
}

Deno.test("rebuildProjections() fails without changes if another rebuild is started at any stage", async () => {
  await using database = await PAYMENT_DATABASES["PostgreSQL"]?.();
  assert(database !== undefined);
  const { pool } = database;
  await using server = paymentServer(pool);
  const harness = await fill(pool, server);
  const before = await rows(pool);

  // Before it reads the first event.
  const events = await hold(pool, "lock table events");
  const early = rebuildProjections(pool, { swap: true });
  // It may reject before the other transaction's release has a response.
  early.catch(() => undefined);
  await untilWaiting(pool, 1);
  const other = rebuildProjections(pool, { swap: false });
  await untilWaiting(pool, 2);
  await events.release();
  await assertRejects(() => early, RebuildError);
  assertEquals([different(await other), await rows(pool)], [[], before]);

  // After all events, while it waits for a payment that has begun: the second rebuild waits for the first one. A payment
  // that has written something would be waited for before the first event.
  const payment = await hold(pool, "lock table accounts in row exclusive mode");
  const first = rebuildProjections(pool, { swap: true });
  await untilWaiting(pool, 1);
  const second = rebuildProjections(pool, { swap: false });
  await untilWaiting(pool, 2);
  await payment.release();
  for (const summary of [await first, await second]) {
    assertEquals([different(summary), summary.swapped], [[], false]);
  }
  assertEquals(await rows(pool), before);
  assertEquals((await pay(harness)).status, 201);
  const left = await pool.writer().query("select from pg_class where relname like 'archway_rebuild%'");
  assertEquals(left.rowCount, 0);
});

Deno.test("rebuildProjections() compares a single snapshot during payments", async () => {
  await using database = await PAYMENT_DATABASES["PostgreSQL"]?.();
  assert(database !== undefined);
  const { pool } = database;
  await using server = paymentServer(pool);
  const harness = await fill(pool, server);
  let going = true;
  const payments = Promise.all(
    Array.from({ length: 3 }, async () => {
      let made = 0;
      while (going) {
        assertEquals((await pay(harness)).status, 201);
        made++;
        // More than it spends until the next time.
        if (made % 30 === 0) {
          await send(server, `POST /v1/accounts/${harness.payer}/deposits`, {
            key: crypto.randomUUID(),
            body: { amount: money("1000.00") },
          });
        }
      }
      return made;
    }),
  );
  for (const swap of [false, true, false, true]) {
    const summary = await rebuildProjections(pool, { swap });
    assertEquals([different(summary), summary.swapped], [[], false]);
  }
  going = false;
  assert((await payments).every((made) => made > 0));
  assertEquals(different(await rebuildProjections(pool, { swap: false })), []);
  assertEquals(idOf(await send(server, `GET /v1/payments/${harness.payment}`)), harness.payment);
});
