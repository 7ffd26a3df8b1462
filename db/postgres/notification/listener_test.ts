import { assertEquals } from "@std/assert";
import { startPgbouncer } from "@archway/tools/support/postgres/start_pgbouncer.ts";
import { testWithPgbouncer } from "@archway/tools/support/postgres/test_with_pgbouncer.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { databasesWith } from "@archway/tools/support/databases_with.ts";
import { openBehind } from "../faults/testing/behind_pgbouncer.ts";
import { openPool } from "../open_pool.ts";
import { ListenSpy, NOTIFY } from "./testing/listen_spy.ts";

for (const [name, open] of Object.entries(databasesWith([]))) {
  Deno.test(`ConnectionPool.listen() hears what was committed, of its own channel (${name})`, async () => {
    await using database = await open();
    const { pool } = database;
    await using spy = new ListenSpy(pool);
    // What may have been sent before counts as heard.
    await spy.until(({ heard }) => heard === 1);
    assertEquals(spy.states, ["listening"]);
    await pool.writer().query("SELECT pg_notify('others', '')");
    await pool.withTx((tx) => tx.query(NOTIFY)).then(() => pool.writer().query(NOTIFY));
    await spy.until(({ heard }) => heard === 3);
    await pool.withTx(async (tx) => {
      await tx.query(NOTIFY);
      throw new Error("rolled back");
    }).catch(() => {});
    await pool.writer().query(NOTIFY);
    await spy.until(({ heard }) => heard === 4);
    await spy[Symbol.asyncDispose]();
    await pool.writer().query(NOTIFY);
    assertEquals(spy.heard, 4);
  });
}

Deno.test("ConnectionPool.listen() goes on after its connection was lost", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [] });
  await using spy = new ListenSpy(pool);
  await spy.until(({ heard }) => heard === 1);
  for (let round = 1; round <= 3; round++) {
    const kill = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE query = 'LISTEN things' AND datname = current_database()`;
    assertEquals((await pool.writer().query(kill)).rowCount, 1);
    await spy.until(({ states }) => states.length === 1 + 2 * round);
    await spy.until(({ heard }) => heard === 2 * round);
    await pool.writer().query(NOTIFY);
    await spy.until(({ heard }) => heard === 2 * round + 1);
  }
  assertEquals(spy.states.slice(0, 3), ["listening", "lost", "listening"]);
});

testWithPgbouncer("ConnectionPool.listen() says that a pooler cannot keep a session for it", async () => {
  await using database = await useTestDatabase();
  await using pgbouncer = await startPgbouncer(database.instance, { ini: "pool_mode = transaction" });
  await using told = openBehind(pgbouncer);
  await using spy = new ListenSpy(told);
  await spy.until(({ states }) => states.length === 1);
  // Nobody told this one, and PgBouncer was talked into ignoring what gives it away.
  const ini = "pool_mode = transaction\nignore_startup_parameters = statement_timeout,transaction_timeout";
  await using silent = await startPgbouncer(database.instance, { ini });
  await using untold = openPool({ primary: silent.instance, replicas: [] });
  await using other = new ListenSpy(untold);
  await other.until(({ states }) => states.length === 1);
  assertEquals([spy.states, other.states], [["impossible"], ["impossible"]]);
});
