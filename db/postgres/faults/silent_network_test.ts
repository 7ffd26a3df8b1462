import { assert, assertEquals, assertRejects } from "@std/assert";
import { SilentProxy } from "@archway/tools/support/postgres/silent_proxy.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import type { ConnectionPool } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { openPool } from "../open_pool.ts";
import type { InstanceConfig, PoolConfig } from "../pool_config.ts";

const MAX = 4;

/** Statement timeout that no test waits for. */
const LONG_MS = 600_000;

function open(
  primary: PoolConfig["primary"],
  options: Partial<PoolConfig> = {},
): ConnectionPool {
  return openPool({
    primary,
    replicas: [],
    replicaProbeTimeoutMs: 500,
    // Connections that are made in a silence wait for it; the others need it on a busy machine.
    connectTimeoutMs: 3_000,
    acquireTimeoutMs: 60_000,
    queueTimeoutMs: 60_000,
    statementTimeoutMs: LONG_MS,
    transactionTimeoutMs: LONG_MS,
    ...options,
  });
}

async function createTable(instance: InstanceConfig): Promise<void> {
  await using admin = openPool({ primary: instance, replicas: [] });
  await admin.writer().query("CREATE TABLE written (id int)");
}

/** Writes on as many connections as there are. */
function writeOnAll(pool: ConnectionPool): Promise<readonly PromiseSettledResult<unknown>[]> {
  return Promise.allSettled(Array.from({ length: MAX }, (_, id) => {
    return pool.withTx((tx) => tx.query("INSERT INTO written VALUES ($1)", [id]));
  }));
}

function insert(pool: ConnectionPool): Promise<unknown> {
  return pool.writer().query("INSERT INTO written VALUES (0)");
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!await isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}

function codesOf(results: readonly PromiseSettledResult<unknown>[]): readonly unknown[] {
  return results.map((result) => {
    if (result.status === "fulfilled") return "done";
    return result.reason instanceof DatabaseError ? result.reason.code : result.reason;
  });
}

/**
 * Asserts that calls have ended: those under way without an outcome; those that waited for another connection are done,
 * or were not sent while no server was known to accept writes.
 */
function assertEnded(codes: readonly unknown[]): void {
  const expected: readonly unknown[] = ["outcome-unknown", "done", "unavailable"];
  assertEquals(codes.filter((code) => !expected.includes(code)), []);
  assert(codes.includes("outcome-unknown"));
}

/** Opens connections by transactions that wait for each other: a few connections could run them in turn. */
async function openAll(pool: ConnectionPool, count = MAX): Promise<void> {
  const all = Promise.withResolvers<void>();
  let entered = 0;
  await Promise.all(Array.from({ length: count }, () => {
    return pool.withTx(async (tx) => {
      await tx.query("SELECT 1");
      if (++entered === count) all.resolve();
      await all.promise;
    });
  }));
}

async function isHealthy(pool: ConnectionPool): Promise<boolean | undefined> {
  return (await pool.health())[0]?.healthy;
}

Deno.test("openPool() follows an address that moves away from a silent network", async () => {
  await using former = await startPostgres();
  await using next = await startPostgres();
  for (const { instance } of [former, next]) await createTable(instance);
  await using proxy = new SilentProxy({ ...former.instance, maxConnections: MAX });
  await using pool = open(proxy.instance);
  await openAll(pool);
  await until(async () => await isHealthy(pool) === true);

  proxy.silence();
  const stuck = Promise.allSettled(Array.from({ length: MAX }, () => insert(pool)));
  assertEquals(await isHealthy(pool), false);
  proxy.moveTo(next.instance);
  // Whatever is healthy takes writes, on every connection.
  await until(async () => await isHealthy(pool) === true);
  assertEquals(codesOf(await writeOnAll(pool)), Array.from({ length: MAX }, () => "done"));
  assertEnded(codesOf(await stuck));
});

Deno.test("openPool() leaves a silent host of several for one that accepts writes", async () => {
  await using former = await startPostgres();
  await using next = await startPostgres();
  for (const { instance } of [former, next]) await createTable(instance);
  await using proxy = new SilentProxy({ ...former.instance, maxConnections: MAX });
  await using other = new SilentProxy({ ...next.instance, maxConnections: MAX });
  other.silence();
  await using pool = open([proxy.instance, other.instance]);
  await openAll(pool);
  proxy.silence();
  const stuck = Promise.allSettled(Array.from({ length: MAX }, () => insert(pool)));
  other.moveTo(next.instance);
  assertEnded(codesOf(await stuck));
  await until(async () => codesOf(await writeOnAll(pool)).every((code) => code === "done"));
});

Deno.test("openPool() drops connections that the network has forgotten, and no others", async () => {
  await using database = await useTestDatabase();
  await createTable(database.instance);
  await using proxy = new SilentProxy({ ...database.instance, maxConnections: MAX });
  await using pool = open(proxy.instance);
  await openAll(pool);
  proxy.forget();
  // New connections work: the reads are sent again on one, and what runs on it for long is not disturbed.
  const read = pool.reader().query("SELECT 1 AS one");
  assertEquals((await read).rowCount, 1);
  await until(async () => codesOf(await writeOnAll(pool)).every((code) => code === "done"));
  assertEquals((await pool.writer().query("SELECT pg_sleep(3)")).rowCount, 1);
});

Deno.test("openPool() frees connections whose server does not respond to a cancel request", async () => {
  await using database = await useTestDatabase();
  await createTable(database.instance);
  await using proxy = new SilentProxy({ ...database.instance, maxConnections: MAX });
  await using pool = open(proxy.instance);
  await openAll(pool);
  proxy.silence();
  const controller = new AbortController();
  const { signal } = controller;
  const aborted = pool.writer().query("SELECT 1", [], { signal });
  setTimeout(() => controller.abort(), 50);
  assertEquals((await assertRejects(() => aborted, DatabaseError)).code, "cancelled");
  await until(() => pool.load()[0]?.pool.open === MAX - 1);
});

Deno.test("openPool() frees connections whose server does not keep its statement timeout", async () => {
  await using database = await useTestDatabase();
  await createTable(database.instance);
  await using proxy = new SilentProxy({ ...database.instance, maxConnections: MAX });
  await using pool = open(proxy.instance, { statementTimeoutMs: 200 });
  await openAll(pool);
  proxy.silence();
  const error = await assertRejects(() => insert(pool), DatabaseError);
  assertEquals(error.code, "outcome-unknown");
  assert((pool.load()[0]?.pool.open ?? MAX) < MAX);
});

Deno.test("openPool() does not wait for an attempt to connect that the network has forgotten", async () => {
  await using database = await useTestDatabase();
  await createTable(database.instance);
  // More than are opened beside others that are slow on a busy machine.
  await using proxy = new SilentProxy({ ...database.instance, maxConnections: 4 * MAX });
  await using pool = open(proxy.instance, { connectTimeoutMs: 20_000 });
  await openAll(pool, 2);

  proxy.silence();
  const before = proxy.accepted;
  const stuck = Promise.allSettled(
    Array.from({ length: pool.load()[0]?.pool.idle ?? 0 }, () => insert(pool)),
  );
  const waiting = insert(pool);
  await until(() => proxy.accepted > before);
  proxy.moveTo(database.instance);
  assertEquals((await waiting as { rowCount: number }).rowCount, 1);
  assertEquals(new Set(codesOf(await stuck)), new Set(["outcome-unknown"]));
  assertEquals(codesOf(await writeOnAll(pool)), Array.from({ length: MAX }, () => "done"));
});
