import { assert, assertEquals } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { bookFaults } from "../testing/book_faults.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { call, type CallAnswer, openAccountAt } from "../testing/payment_calls.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { MainProgram, untilReady } from "@archway/tools/support/program.ts";

interface Stage extends AsyncDisposable {
  readonly pool: ConnectionPool;
  /** Starts one more process on the database. */
  readonly start: () => Promise<{ readonly program: MainProgram; readonly url: string }>;
}

async function openStage(): Promise<Stage> {
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

/** A payment between two new accounts, and the key that it is to be asked for with. */
async function newPayment(url: string): Promise<Payment> {
  const [payerAccountId, payeeAccountId] = [
    await openAccountAt(url, { balance: "10.00" }),
    await openAccountAt(url),
  ];
  const body = { payerAccountId, payeeAccountId, amount: { amount: "6.00", currency: "BRL" } };
  return { key: crypto.randomUUID(), body };
}

function pay(url: string, payment: Payment): Promise<CallAnswer> {
  return call(url, "POST /v1/payments", payment);
}

async function count(pool: ConnectionPool, what: string): Promise<number> {
  const { rows } = await pool.writer().query<{ count: bigint }>(`select count(*) from ${what}`);
  return Number(rows[0]?.count);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!await isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** What of two answers to one key has to be the same. */
function told({ status, text }: CallAnswer): readonly unknown[] {
  return [status, text];
}

/** That the payment was made once, by whatever was asked, and that asking once more changes nothing. */
async function assertMadeOnce(pool: ConnectionPool, url: string, payment: Payment): Promise<void> {
  const [first, second] = [await pay(url, payment), await pay(url, payment)];
  assertEquals(first.status, 201);
  assertEquals(told(second), told(first));
  assertEquals(second.headers.get("idempotency-replayed"), "true");
  assertEquals(await count(pool, "payments"), 1);
  assertEquals(await count(pool, "events where type = 'payment.settled'"), 1);
  assertEquals(await bookFaults(pool.writer()), []);
}

Deno.test("archway makes one payment of many requests with one key, sent at once to two processes", async () => {
  await using stage = await openStage();
  const urls = [(await stage.start()).url, (await stage.start()).url];
  const [first = ""] = urls;
  for (let round = 1; round <= 10; round++) {
    const payment = await newPayment(first);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => pay(urls[index % 2] ?? first, payment)),
    );
    const made = answers.filter(({ status }) => status === 201);
    assertEquals(new Set(made.map(({ text }) => text)).size, 1);
    assertEquals(made.filter(({ headers }) => headers.get("idempotency-replayed") === null).length, 1);
    for (const { status, headers, text } of answers.filter(({ status }) => status !== 201)) {
      assertEquals([status, headers.get("retry-after")], [409, "1"], text);
      assert(text.includes("/problems/idempotency-key-in-use"), text);
    }
    // Whichever process is asked.
    const again = await Promise.all(urls.map((url) => pay(url, payment)));
    for (const answer of again) assertEquals(answer.text, made[0]?.text);
    assertEquals(await count(stage.pool, "payments"), round);
  }
  assertEquals(await bookFaults(stage.pool.writer()), []);
});

Deno.test("archway gives an answer again that was lost after its commit", async () => {
  await using stage = await openStage();
  const { url } = await stage.start();
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
  await until(async () => await count(stage.pool, "payments") === 1);
  connection.close();
  const again = await pay(url, payment);
  assertEquals(again.headers.get("idempotency-replayed"), "true");
  await assertMadeOnce(stage.pool, url, payment);
});

Deno.test("archway has done nothing when it is killed before a commit", async () => {
  await using stage = await openStage();
  const { program, url } = await stage.start();
  const payment = await newPayment(url);
  const lost = await stage.pool.withTx(async (tx) => {
    // Everything is written but the key.
    await tx.query("lock table idempotency_keys in exclusive mode");
    const asked = pay(url, payment).then(() => false, () => true);
    await until(() => waiting(stage.pool));
    await program.kill();
    return await asked;
  });
  assert(lost);
  const { url: next } = await stage.start();
  // What the dead process had begun is over: nobody holds anything of it.
  await until(async () => !await waiting(stage.pool));
  assertEquals(await count(stage.pool, "payments"), 0);
  const first = await pay(next, payment);
  assertEquals([first.status, first.headers.get("idempotency-replayed")], [201, null]);
  await assertMadeOnce(stage.pool, next, payment);
});

Deno.test("archway has done everything when it is killed between a commit and its answer", async () => {
  await using stage = await openStage();
  const { program, url } = await stage.start();
  const payment = await newPayment(url);
  // COMMIT waits at its own end for as long as a test holds a lock.
  await stage.pool.writer().query(
    `create function wait_in_commit() returns trigger language plpgsql as $$
      begin perform pg_advisory_xact_lock_shared(7); return null; end $$`,
  );
  await stage.pool.writer().query(
    `create constraint trigger zz_wait_in_commit after insert on payments
      deferrable initially deferred for each row execute function wait_in_commit()`,
  );
  const asked = await stage.pool.withTx(async (tx) => {
    await tx.query("select pg_advisory_xact_lock(7)");
    const answer = pay(url, payment).then(() => false, () => true);
    await until(() => waiting(stage.pool));
    // From now on it hears nothing of what becomes of its COMMIT.
    program.signal("SIGSTOP");
    return { answer };
  });
  await until(async () => await count(stage.pool, "payments") === 1);
  await program.kill();
  assert(await asked.answer);
  const { url: next } = await stage.start();
  assertEquals((await pay(next, payment)).headers.get("idempotency-replayed"), "true");
  await assertMadeOnce(stage.pool, next, payment);
});

/** Whether a statement of the program waits for a lock. */
async function waiting(pool: ConnectionPool): Promise<boolean> {
  const { rowCount } = await pool.writer().query(
    `select from pg_stat_activity
      where datname = current_database() and application_name = 'archway' and wait_event_type = 'Lock'`,
  );
  return rowCount > 0;
}
