import { assertEquals } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { call, openAccountAt } from "../testing/payment_calls.ts";
import { RestartableProgram } from "./crash/restartable_program.ts";

const ITEMS = 300;
/** Numbers of created requests after which the program is killed. */
const KILLS = [1, 40, 120, 200];

/** Resolves when a number of payment requests is committed. */
async function untilCreated(pool: ConnectionPool, count: number): Promise<void> {
  for (;;) {
    const { rowCount } = await pool.writer().query("select from payment_requests");
    if (rowCount >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function completedBatch(origin: string, path: string): Promise<Readonly<Record<string, unknown>>> {
  for (;;) {
    const { status, text } = await call(origin, `GET ${path}`);
    const { data } = JSON.parse(text);
    if (status !== 200 || data.status === "completed") return data;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

Deno.test("archway creates the requests of a batch once each although it is killed repeatedly", async () => {
  await using postgres = await startPostgres({ durable: true });
  await using pool = openPool({ primary: postgres.instance, replicas: [], applicationName: "observer" });
  await using program = new RestartableProgram({
    ...postgresEnvironment(postgres.instance),
    MIGRATE_ON_START: "true",
    JOBS_LEASE: "2s",
    JOBS_POLL_INTERVAL: "100ms",
  });
  const payeeAccountId = await openAccountAt(await program.url);
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  const requests = Array.from({ length: ITEMS }, (_, index) => ({
    payeeAccountId,
    expiresAt,
    amount: { amount: "1.00", currency: "BRL" },
    // Every tenth item repeats the reference of the one before it, and is refused.
    reference: `invoice-${index % 10 === 9 ? index - 1 : index}`,
  }));
  const accepted = await call(await program.url, "POST /v1/payment-request-batches", {
    key: crypto.randomUUID(),
    body: { requests },
  });
  assertEquals(accepted.status, 202, accepted.text);
  const location = accepted.headers.get("location") ?? "";
  for (const count of KILLS) {
    await untilCreated(pool, count);
    await program.killAndRestart();
  }
  const { total, created, failed } = await completedBatch(await program.url, location);
  assertEquals([total, created, failed], [ITEMS, ITEMS * 0.9, ITEMS * 0.1]);
  const { rows } = await pool.writer().query(
    `select count(*) as requests, count(distinct reference) as distinct_references,
      (select count(*) from events where type = 'payment_request.created') as events,
      (select count(*) from payment_request_batch_items join payment_requests on id = request_id) as items
    from payment_requests`,
  );
  const expected = BigInt(ITEMS * 0.9);
  assertEquals(rows, [{
    requests: expected,
    distinct_references: expected,
    events: expected,
    items: expected,
  }]);
  assertEquals(await program.stop(), 0);
  assertEquals(program.errors, []);
});
