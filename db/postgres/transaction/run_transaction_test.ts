import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import type { ConnectionPool, Querier } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { openPool } from "../open_pool.ts";

Deno.test("runTransaction() rejects when its connection was lost between statements", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: { ...database.instance, maxConnections: 1 }, replicas: [] });
  await using admin = openPool({ primary: database.instance, replicas: [] });
  for (const retries of [true, false]) {
    let late: unknown;
    const running = pool.withTx(async (tx) => {
      await terminate(admin, await pidOf(tx));
      // Until the driver notices: the only connection is exclusive now.
      await pool.writer().query("SELECT 1").catch(() => undefined);
      if (retries) late = await tx.query("SELECT 1").catch((error: unknown) => error);
      return "looks like success";
    });
    const error = await assertRejects(() => running, DatabaseError);
    assertEquals(error.code, "unavailable");
    if (retries) assertStrictEquals(late, error);
  }
  assertEquals((await pool.withTx((tx) => tx.query("SELECT 1"))).rowCount, 1);
});

Deno.test("runTransaction() rethrows the error of its function when the connection is lost", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: { ...database.instance, maxConnections: 1 }, replicas: [] });
  await using admin = openPool({ primary: database.instance, replicas: [] });
  const own = new Error("The use case gave up");
  const caught = await pool.withTx(async (tx) => {
    const pid = await pidOf(tx);
    const sleeping = tx.query("SELECT pg_sleep(60)").catch(() => {
      throw own;
    });
    await Promise.all([sleeping, terminate(admin, pid)]);
  }).catch((error: unknown) => error);
  assertStrictEquals(caught, own);
  assertEquals((await pool.withTx((tx) => tx.query("SELECT 1"))).rowCount, 1);
});

Deno.test("runTransaction() cancels the running statement at its deadline", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: { ...database.instance, maxConnections: 1 }, replicas: [] });
  const error = await assertRejects(
    () => pool.withTimeoutTx(100, (tx) => tx.query("SELECT pg_sleep(60)")),
    DatabaseError,
  );
  assertEquals(error.code, "timeout");
  // The only connection responds when the sleep has ended.
  assertEquals((await pool.withTx((tx) => tx.query("SELECT 1"))).rowCount, 1);
});

Deno.test("runTransaction() does not wait for a connection beyond its deadline", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: { ...database.instance, maxConnections: 1 }, replicas: [] });
  const { promise, resolve } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const first = pool.withTx(async (tx) => {
    await tx.query("SELECT 1");
    begin();
    await promise;
  });
  await begun;
  let entered = false;
  const second = pool.withTimeoutTx(20, () => {
    entered = true;
    return Promise.resolve();
  });
  assertEquals((await assertRejects(() => second, DatabaseError)).code, "timeout");
  resolve();
  await first;
  assertEquals((await pool.withTx((tx) => tx.query("SELECT 1"))).rowCount, 1);
  assertEquals(entered, false);
});

Deno.test("runTransaction() reports a retryable conflict", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [] });
  await pool.writer().query("CREATE TABLE fought (id int PRIMARY KEY, value int)");
  await pool.writer().query("INSERT INTO fought VALUES (1, 0), (2, 0)");
  const { promise: bothHold, resolve } = Promise.withResolvers<void>();
  let holding = 0;
  const results = await Promise.allSettled([[1, 2], [2, 1]].map((ids) =>
    pool.withTx(async (tx) => {
      await tx.query("UPDATE fought SET value = 1 WHERE id = $1", [ids[0] ?? 0]);
      if (++holding === 2) resolve();
      await bothHold;
      await tx.query("UPDATE fought SET value = 1 WHERE id = $1", [ids[1] ?? 0]);
    })
  ));
  const reasons = results.flatMap((result): unknown[] => result.status === "rejected" ? [result.reason] : []);
  assertEquals(reasons.map((reason) => reason instanceof DatabaseError && reason.code), ["conflict"]);
});

async function pidOf(querier: Querier): Promise<number> {
  const { rows } = await querier.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  return rows[0]?.pid ?? 0;
}

async function terminate(pool: ConnectionPool, pid: number): Promise<void> {
  await pool.writer().query("SELECT pg_terminate_backend($1)", [pid]);
  while ((await pool.writer().query("SELECT 1 FROM pg_stat_activity WHERE pid = $1", [pid])).rowCount > 0);
}
