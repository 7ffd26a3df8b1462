import { assert, assertEquals, assertRejects } from "@std/assert";
import { getEventListeners } from "node:events";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import type { Querier } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { openPool } from "../open_pool.ts";

Deno.test("PoolQuerier.query() cancels an aborted statement on the server", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [] });
  await using other = openPool({ primary: database.instance, replicas: [] });
  const controller = new AbortController();
  const pending = pool.writer().query("SELECT pg_sleep(60)", [], { signal: controller.signal });
  await untilSleeping(other.writer(), 1);
  controller.abort(new Error("The client left"));
  const error = await assertRejects(() => pending, DatabaseError);
  assertEquals([error.code, error.cause], ["cancelled", controller.signal.reason]);
  await untilSleeping(other.writer(), 0);
});

Deno.test("PoolQuerier.query() never returns the response of an aborted statement for another one", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: { ...database.instance, maxConnections: 1 }, replicas: [] });
  await using other = openPool({ primary: database.instance, replicas: [], applicationName: "other" });
  const writer = pool.writer();
  const select = async (value: string, signal?: AbortSignal): Promise<string | undefined> => {
    const { rows } = await writer.query<{ value: string }>(
      `SELECT '${value}' AS value FROM (SELECT pg_advisory_xact_lock_shared(1), pg_sleep(0.02)) AS slept`,
      [],
      signal ? { signal } : {},
    );
    return rows[0]?.value;
  };
  for (const value of ["a", "b", "c"]) await select(value);
  const controller = new AbortController();
  const results = await other.withTx(async (tx) => {
    await tx.query("SELECT pg_advisory_xact_lock(1)");
    const queried = [select("a"), select("b", controller.signal), select("c"), select("a"), select("b")];
    const settled = Promise.allSettled(queried);
    // All five are in flight: the first waits for the lock, the others follow on the only connection.
    await untilWaiting(tx);
    controller.abort();
    return { settled };
  });
  const values = (await results.settled).map((result) =>
    result.status === "fulfilled" ? result.value : result.status
  );
  assertEquals(values, ["a", "rejected", "c", "a", "b"]);
  assertEquals(await select("c"), "c");
});

Deno.test("PoolQuerier.query() removes its listeners from the signal", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [] });
  const { signal } = new AbortController();
  await pool.writer().query("SELECT 1", [], { signal });
  await pool.writer().query("SELECT nonsense", [], { signal }).catch(() => undefined);
  await pool.withTx((tx) => tx.query("SELECT 1", [], { signal }), { signal });
  assertEquals(getEventListeners(signal, "abort"), []);
});

Deno.test("PoolQuerier.query() works after its connection was lost while rows arrived", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: { ...database.instance, maxConnections: 1 }, replicas: [] });
  await using other = openPool({ primary: database.instance, replicas: [], applicationName: "other" });
  const lost = pool.writer().query("SELECT repeat('x', 2000) FROM generate_series(1, 100000)").catch(String);
  const victim = "FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'archway'";
  while ((await other.writer().query(`SELECT 1 ${victim} AND wait_event = 'ClientWrite'`)).rowCount === 0);
  await other.writer().query(`SELECT pg_terminate_backend(pid) ${victim}`);
  assertEquals(
    await lost,
    "DatabaseError: The connection was lost before the server responded",
  );
  assertEquals(await pool.writer().query("SELECT 1 AS one"), { rows: [{ one: 1 }], rowCount: 1 });
  assertEquals((await pool.writer().query("SHOW TimeZone")).rowCount, 1);
});

/** Waits until a statement waits for an advisory lock of this database. */
async function untilWaiting(querier: Querier): Promise<void> {
  const text = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  while ((await querier.query(text)).rowCount === 0);
}

async function untilSleeping(querier: Querier, expected: number): Promise<void> {
  const text = `SELECT 1 FROM pg_stat_activity
    WHERE datname = current_database() AND state = 'active' AND query LIKE 'SELECT pg_sleep%'`;
  while ((await querier.query(text)).rowCount !== expected);
}

Deno.test("PoolQuerier.query() leaves at most 256 prepared statements on a connection", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: { ...database.instance, maxConnections: 1 }, replicas: [] });
  const writer = pool.writer();
  for (let index = 0; index < 600; index++) {
    const { rows } = await writer.query(`SELECT $1::int + ${index} AS sum`, [index]);
    assertEquals(rows, [{ sum: 2 * index }]);
  }
  const { rows: [row] } = await writer.query<{ count: bigint }>(
    "SELECT count(*) FROM pg_prepared_statements",
  );
  assert(row !== undefined && row.count > 200n && row.count <= 256n, `${row?.count}`);
});
