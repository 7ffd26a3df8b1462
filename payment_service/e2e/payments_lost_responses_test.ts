import { assert, assertEquals } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { findInconsistencies } from "../testing/find_inconsistencies.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { call, type CallResponse, openAccountAt } from "../testing/payment_calls.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { MainProgram, untilReady } from "@archway/tools/support/program.ts";

interface Harness extends AsyncDisposable {
  readonly pool: ConnectionPool;
  /** Starts one more process on the database. */
  readonly start: () => Promise<{ readonly program: MainProgram; readonly url: string }>;
}

async function openHarness(): Promise<Harness> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await useTestDatabase());
  const pool = stack.use(
    openPool({ primary: database.instance, replicas: [], applicationName: "observer" }),
  );
  const environment = { ...postgresEnvironment(database.instance), MIGRATE_ON_START: "true", WORKER: "off" };
  const opened = stack.move();
  return {
    pool,
    async start(): Promise<{ program: MainProgram; url: string }> {
      const program = opened.use(new MainProgram(environment));
      const url = await program.url;
      await untilReady(url);
      return { program, url };
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

interface Payment {
  readonly key: string;
  readonly body: unknown;
}

/** Returns a payment between two new accounts, with its key. */
async function newPayment(url: string): Promise<Payment> {
  const [payerAccountId, payeeAccountId] = [
    await openAccountAt(url, { balance: "10.00" }),
    await openAccountAt(url),
  ];
  const body = { payerAccountId, payeeAccountId, amount: { amount: "6.00", currency: "BRL" } };
  return { key: crypto.randomUUID(), body };
}

function pay(url: string, payment: Payment): Promise<CallResponse> {
  return call(url, "POST /v1/payments", payment);
}

async function count(pool: ConnectionPool, source: string): Promise<number> {
  const { rows } = await pool.writer().query<{ count: bigint }>(`select count(*) from ${source}`);
  return Number(rows[0]?.count);
}

async function until(matches: () => Promise<boolean>): Promise<void> {
  while (!await matches()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Returns the parts of a response that are identical in every replay. */
function replayable({ status, text }: CallResponse): readonly unknown[] {
  return [status, text];
}

/** Asserts that a payment exists once, and that repeated requests replay the response. */
async function assertMadeOnce(pool: ConnectionPool, url: string, payment: Payment): Promise<void> {
  const [first, second] = [await pay(url, payment), await pay(url, payment)];
  assertEquals(first.status, 201);
  assertEquals(replayable(second), replayable(first));
  assertEquals(second.headers.get("idempotency-replayed"), "true");
  assertEquals(await count(pool, "payments"), 1);
  assertEquals(await count(pool, "events where type = 'payment.settled'"), 1);
  assertEquals(await findInconsistencies(pool.writer()), []);
}

Deno.test("archway settles one payment for concurrent requests with one key to two processes", async () => {
  await using harness = await openHarness();
  const urls = [(await harness.start()).url, (await harness.start()).url];
  const [first = ""] = urls;
  for (let round = 1; round <= 10; round++) {
    const payment = await newPayment(first);
    const responses = await Promise.all(
      Array.from({ length: 8 }, (_, index) => pay(urls[index % 2] ?? first, payment)),
    );
    const made = responses.filter(({ status }) => status === 201);
    assertEquals(new Set(made.map(({ text }) => text)).size, 1);
    assertEquals(made.filter(({ headers }) => headers.get("idempotency-replayed") === null).length, 1);
    for (const { status, headers, text } of responses.filter(({ status }) => status !== 201)) {
      assertEquals([status, headers.get("retry-after")], [409, "1"], text);
      assert(text.includes("/problems/idempotency-key-in-use"), text);
    }
    // From either process.
    const again = await Promise.all(urls.map((url) => pay(url, payment)));
    for (const response of again) assertEquals(response.text, made[0]?.text);
    assertEquals(await count(harness.pool, "payments"), round);
  }
  assertEquals(await findInconsistencies(harness.pool.writer()), []);
});

Deno.test("archway replays a response that was lost after its commit", async () => {
  await using harness = await openHarness();
  const { url } = await harness.start();
  const payment = await newPayment(url);
  const { hostname, port } = new URL(url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const body = JSON.stringify(payment.body);
  await connection.write(
    new TextEncoder().encode(
      `POST /v1/payments HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\n` +
        `Idempotency-Key: ${payment.key}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    ),
  );
  await until(async () => await count(harness.pool, "payments") === 1);
  connection.close();
  const again = await pay(url, payment);
  assertEquals(again.headers.get("idempotency-replayed"), "true");
  await assertMadeOnce(harness.pool, url, payment);
});

Deno.test("archway has made no changes when it is killed before a commit", async () => {
  await using harness = await openHarness();
  const { program, url } = await harness.start();
  const payment = await newPayment(url);
  const isLost = await harness.pool.withTx(async (tx) => {
    // The transaction has written everything but the key.
    await tx.query("lock table idempotency_keys in exclusive mode");
    const lost = pay(url, payment).then(() => false, () => true);
    await until(() => waiting(harness.pool));
    await program.kill();
    return await lost;
  });
  assert(isLost);
  const { url: next } = await harness.start();
  // The server has ended the transaction of the killed process and released its locks.
  await until(async () => !await waiting(harness.pool));
  assertEquals(await count(harness.pool, "payments"), 0);
  const first = await pay(next, payment);
  assertEquals([first.status, first.headers.get("idempotency-replayed")], [201, null]);
  await assertMadeOnce(harness.pool, next, payment);
});

Deno.test("archway has made all changes when it is killed between a commit and its response", async () => {
  await using harness = await openHarness();
  const { program, url } = await harness.start();
  const payment = await newPayment(url);
  // COMMIT waits until the test releases a lock.
  await harness.pool.writer().query(
    `create function wait_in_commit() returns trigger language plpgsql as $$
      begin perform pg_advisory_xact_lock_shared(7); return null; end $$`,
  );
  await harness.pool.writer().query(
    `create constraint trigger zz_wait_in_commit after insert on payments
      deferrable initially deferred for each row execute function wait_in_commit()`,
  );
  const { isLost } = await harness.pool.withTx(async (tx) => {
    await tx.query("select pg_advisory_xact_lock(7)");
    const isLost = pay(url, payment).then(() => false, () => true);
    await until(() => waiting(harness.pool));
    // The program never receives the result of its COMMIT.
    program.signal("SIGSTOP");
    return { isLost };
  });
  await until(async () => await count(harness.pool, "payments") === 1);
  await program.kill();
  assert(await isLost);
  const { url: next } = await harness.start();
  assertEquals((await pay(next, payment)).headers.get("idempotency-replayed"), "true");
  await assertMadeOnce(harness.pool, next, payment);
});

/** Returns whether a statement of the program waits for a lock. */
async function waiting(pool: ConnectionPool): Promise<boolean> {
  const { rowCount } = await pool.writer().query(
    `select from pg_stat_activity
      where datname = current_database() and application_name = 'archway' and wait_event_type = 'Lock'`,
  );
  return rowCount > 0;
}
