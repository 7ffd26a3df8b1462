import { assertEquals } from "@std/assert";
import { startPgbouncer } from "@archway/tools/support/postgres/start_pgbouncer.ts";
import { testWithPgbouncer } from "@archway/tools/support/postgres/test_with_pgbouncer.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { databasesWith } from "@archway/tools/support/databases_with.ts";
import { openBehindPgbouncer } from "../faults/testing/behind_pgbouncer.ts";
import { openPool } from "../open_pool.ts";
import { ListenSpy, NOTIFY } from "./testing/listen_spy.ts";

for (const [name, open] of Object.entries(databasesWith([]))) {
  Deno.test(`ConnectionPool.listen() receives committed notifications of its own channel (${name})`, async () => {
    await using database = await open();
    const { pool } = database;
    await using spy = new ListenSpy(pool);
    // The start counts as a notification, since earlier ones may have been missed.
    await spy.until(({ received }) => received === 1);
    assertEquals(spy.states, ["listening"]);
    await pool.writer().query("SELECT pg_notify('others', '')");
    await pool.withTx((tx) => tx.query(NOTIFY)).then(() => pool.writer().query(NOTIFY));
    await spy.until(({ received }) => received === 3);
    await pool.withTx(async (tx) => {
      await tx.query(NOTIFY);
      throw new Error("rolled back");
    }).catch(() => {});
    await pool.writer().query(NOTIFY);
    await spy.until(({ received }) => received === 4);
    await spy[Symbol.asyncDispose]();
    await pool.writer().query(NOTIFY);
    assertEquals(spy.received, 4);
  });
}

Deno.test("ConnectionPool.listen() reconnects after a loss", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [] });
  await using spy = new ListenSpy(pool);
  await spy.until(({ received }) => received === 1);
  for (let round = 1; round <= 3; round++) {
    const kill = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE query ~ 'LISTEN things' AND datname = current_database() AND pid <> pg_backend_pid()`;
    assertEquals((await pool.writer().query(kill)).rowCount, 1);
    await spy.until(({ states }) => states.length === 1 + 2 * round);
    await spy.until(({ received }) => received === 2 * round);
    await pool.writer().query(NOTIFY);
    await spy.until(({ received }) => received === 2 * round + 1);
  }
  assertEquals(spy.states.slice(0, 3), ["listening", "lost", "listening"]);
});

testWithPgbouncer("ConnectionPool.listen() reports that it cannot work behind a pooler", async () => {
  await using database = await useTestDatabase();
  await using pgbouncer = await startPgbouncer(database.instance, { ini: "pool_mode = transaction" });
  await using configured = openBehindPgbouncer(pgbouncer);
  await using spy = new ListenSpy(configured);
  await spy.until(({ states }) => states.length === 1);
  // This pool is not configured for the pooler, and PgBouncer ignores the parameters that would reveal it.
  const ini = "pool_mode = transaction\nignore_startup_parameters = statement_timeout,transaction_timeout";
  await using silent = await startPgbouncer(database.instance, { ini });
  await using unconfigured = openPool({ primary: silent.instance, replicas: [] });
  await using other = new ListenSpy(unconfigured);
  await other.until(({ states }) => states.length === 1);
  assertEquals([spy.states, other.states], [["impossible"], ["impossible"]]);
});
