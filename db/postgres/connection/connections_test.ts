import { setImmediate } from "node:timers";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import type { ConnectionPool, PoolStatus } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { openPool } from "../open_pool.ts";
import { openConnection } from "./open_connection.ts";
import { Connections } from "./connections.ts";
import { QuickStatements } from "./sent_statements.ts";

async function statusOf(pool: ConnectionPool): Promise<PoolStatus> {
  const [primary] = await pool.status();
  if (primary === undefined) throw new Error("There is always a primary");
  return primary.pool;
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => promise, DatabaseError)).code;
}

/** Holds every connection in a transaction until the returned function is called. */
async function occupy(pool: ConnectionPool, count: number): Promise<() => Promise<void>> {
  const release = Promise.withResolvers<void>();
  const entered = Array.from({ length: count }, () => Promise.withResolvers<void>());
  const transactions = entered.map(({ resolve }) =>
    pool.withTx(async () => {
      resolve();
      await release.promise;
    })
  );
  await Promise.all(entered.map(({ promise }) => promise));
  return async () => {
    release.resolve();
    await Promise.all(transactions);
  };
}

Deno.test("Connections rejects callers after the maximum wait, and when the queue is full", async () => {
  await using database = await useTestDatabase();
  const primary = { ...database.instance, maxConnections: 2 };
  await using pool = openPool({
    primary,
    replicas: [],
    minConnections: 2,
    acquireTimeoutMs: 2_000,
    maxWaiting: 3,
  });
  // Opened in advance, so that they are occupied without a wait.
  while ((await statusOf(pool)).idle < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  const release = await occupy(pool, 2);
  const waiting = [
    pool.writer().query("SELECT 1"),
    pool.withTx((tx) => tx.query("SELECT 1")),
    pool.writer().query("SELECT 1"),
  ];
  const codes = Promise.all(waiting.map(codeOf));
  assertEquals(await codeOf(pool.writer().query("SELECT 1")), "saturated");
  assertEquals(await codes, ["saturated", "saturated", "saturated"]);
  await release();
  assertEquals((await pool.writer().query("SELECT 1")).rowCount, 1);
  assertEquals(await statusOf(pool), { max: 2, open: 2, idle: 2, waiting: 0, waitedMs: 0 });
});

Deno.test("Connections serves callers in order of arrival, without those that have aborted", async () => {
  await using database = await useTestDatabase();
  const primary = { ...database.instance, maxConnections: 1 };
  await using pool = openPool({ primary, replicas: [], ...GENEROUS_TIMEOUTS });
  const release = await occupy(pool, 1);
  const served: string[] = [];
  const leaving = new AbortController();
  const waiters = [
    pool.withTx(async (tx) => {
      served.push("first");
      await tx.query("SELECT pg_sleep(0.01)");
    }),
    codeOf(pool.writer().query("SELECT 1", [], { signal: leaving.signal })),
    pool.writer().query("SELECT 1").then(() => served.push("second")),
    pool.withTx((tx) => tx.query("SELECT 1")).then(() => served.push("third")),
    pool.writer().query("SELECT 1").then(() => served.push("fourth")),
  ];
  leaving.abort();
  assertEquals(await waiters[1], "cancelled");
  await release();
  await Promise.all(waiters);
  assertEquals(served, ["first", "second", "third", "fourth"]);
});

Deno.test("Connections pipelines fast reads, but nothing behind potentially slow statements", async () => {
  await using database = await useTestDatabase();
  const connections = new Connections({
    open: () => openConnection(database.instance, { config: {}, readOnly: false }),
    min: 0,
    max: 10,
    maxWaiting: 10,
    acquireTimeoutMs: 30_000,
    queueTimeoutMs: 30_000,
    idleTimeoutMs: 0,
    silentMs: 60_000,
  });
  const reads = new QuickStatements();
  const quick = "SELECT 1";
  const take = (text: string): Promise<unknown> => {
    reads.record(quick, 0.1);
    return connections.run((connection) => connection.query(text, [], { reads }), {
      quick: reads.quick(text),
    });
  };
  // Three potentially slow statements get three connections.
  await Promise.all(["SELECT pg_sleep(0.1)", "SELECT pg_sleep(0.2)", "SELECT pg_sleep(0.3)"].map(take));
  // The last connection may still be opening: its caller was served by one that became free earlier.
  while (connections.status.idle < 3) await new Promise((resolve) => setTimeout(resolve, 1));
  const resting = connections.status.idle;
  const eight = Array.from({ length: 8 }, () => take(quick));
  assertEquals(connections.status.idle, resting - 1);
  const next = [take(quick), take("SELECT pg_sleep(0)")];
  assertEquals(connections.status.idle, resting - 3);
  await Promise.all([...eight, ...next]);
  await connections.end({ timeout: 1 });
});

Deno.test("Connections pipelines fast writes of one turn, and nothing else behind them", async () => {
  await using database = await useTestDatabase();
  const connections = new Connections({
    open: () => openConnection(database.instance, { config: {}, readOnly: false }),
    min: 3,
    max: 3,
    maxWaiting: 10,
    acquireTimeoutMs: 30_000,
    queueTimeoutMs: 30_000,
    idleTimeoutMs: 0,
    silentMs: 60_000,
  });
  while (connections.status.idle < 3) await new Promise((resolve) => setTimeout(resolve, 1));
  const take = (quick: "read" | "write"): Promise<unknown> =>
    connections.run((connection) => connection.query("SELECT 1"), { quick });
  const writes = Array.from({ length: 8 }, () => take("write"));
  assertEquals([connections.status.idle, connections.running], [2, 8]);
  const others = [take("read"), take("write")];
  assertEquals([connections.status.idle, connections.running], [0, 10]);
  await Promise.all([...writes, ...others]);
  // Those of the next turn take another connection.
  const stopping = new AbortController();
  const slow = codeOf(connections.run(
    (connection) => connection.query("SELECT pg_sleep(600)", [], { signal: stopping.signal }),
    { quick: "write" },
  ));
  await new Promise((resolve) => setImmediate(resolve));
  await take("write");
  assertEquals([connections.status.idle, connections.running], [2, 1]);
  stopping.abort();
  assertEquals(await slow, "cancelled");
  await connections.end({ timeout: 1 });
});

Deno.test("writer() does not join other writes inside of a transaction", async () => {
  await using database = await useTestDatabase();
  const primary = { ...database.instance, maxConnections: 5 };
  await using pool = openPool({ primary, replicas: [], ...GENEROUS_TIMEOUTS });
  await pool.writer().query("CREATE TABLE counters (id int PRIMARY KEY, count int NOT NULL DEFAULT 0)");
  await pool.writer().query("INSERT INTO counters VALUES (1), (2)");
  const update = "UPDATE counters SET count = count + 1 WHERE id = $1";
  // Fast so far.
  for (let times = 0; times < 50; times++) await pool.writer().query(update, [2]);
  const outside = pool.writer();
  const { waiting } = await pool.withTx(async (tx) => {
    await tx.query(update, [1]);
    const waiting = outside.query(update, [1]);
    // Not behind the other one, which waits for this transaction.
    await pool.writer().query(update, [2]);
    return { waiting };
  });
  await waiting;
  const { rows } = await pool.writer().query<{ count: number }>("SELECT count FROM counters ORDER BY id");
  assertEquals(rows.map(({ count }) => count), [2, 51]);
});

Deno.test("Connections pipelines statements on few connections and assigns the responses correctly", async () => {
  await using database = await useTestDatabase();
  const primary = { ...database.instance, maxConnections: 2 };
  await using pool = openPool({ primary, replicas: [], ...GENEROUS_TIMEOUTS });
  const results = await Promise.all(Array.from({ length: 500 }, async (_, index) => {
    const text = `SELECT $1::int AS value, ${index % 7} AS kind`;
    const { rows } = await pool.writer().query<{ value: number; kind: number }>(text, [index]);
    return rows[0]?.value === index && rows[0].kind === index % 7;
  }));
  assert(results.every(Boolean));
  const { open, idle, waiting } = await statusOf(pool);
  assert(open <= 2);
  assertEquals({ idle, waiting }, { idle: open, waiting: 0 });
});

Deno.test("Connections does not queue statements behind a slow one", async () => {
  await using database = await useTestDatabase();
  const primary = { ...database.instance, maxConnections: 2 };
  await using pool = openPool({ primary, replicas: [], ...GENEROUS_TIMEOUTS });
  await Promise.all([pool.writer().query("SELECT 1"), pool.writer().query("SELECT 1")]);
  const controller = new AbortController();
  const slow = codeOf(pool.writer().query("SELECT pg_sleep(60)", [], { signal: controller.signal }));
  // A few may be sent behind it in its first moments, later ones are not.
  await new Promise((resolve) => setTimeout(resolve, 50));
  for (let round = 0; round < 20; round++) {
    await Promise.all(Array.from({ length: 10 }, () => pool.writer().query("SELECT 1")));
  }
  controller.abort();
  assertEquals(await slow, "cancelled");
});

Deno.test("Connections closes idle connections and replaces expired ones", async () => {
  await using database = await useTestDatabase();
  await using watcher = openPool({
    primary: database.instance,
    replicas: [],
    applicationName: "watcher",
    ...GENEROUS_TIMEOUTS,
  });
  const sessions = async (): Promise<readonly number[]> => {
    const { rows } = await watcher.writer().query<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'archway'",
    );
    return rows.map(({ pid }) => pid);
  };
  {
    await using pool = openPool({
      primary: database.instance,
      replicas: [],
      idleTimeoutMs: 20,
      ...GENEROUS_TIMEOUTS,
    });
    await pool.writer().query("SELECT 1");
    while ((await sessions()).length > 0);
    assertEquals((await pool.writer().query("SELECT 1")).rowCount, 1);
  }
  await using pool = openPool({
    primary: database.instance,
    replicas: [],
    lifetimeMs: 20,
    ...GENEROUS_TIMEOUTS,
  });
  const seen = new Set<number>();
  while (seen.size < 4) {
    const { rows } = await pool.writer().query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    seen.add(rows[0]?.pid ?? 0);
  }
  while ((await sessions()).length > 1);
});

Deno.test("Connections rejects waiting callers with unavailable instead of saturated when the server is down", async () => {
  await using server = await startPostgres();
  await using pool = openPool({ primary: server.instance, replicas: [], ...GENEROUS_TIMEOUTS });
  await server.stop();
  const refused = await Promise.all(
    Array.from({ length: 50 }, () => codeOf(pool.writer().query("SELECT 1"))),
  );
  assertEquals(new Set(refused), new Set(["unavailable"]));
  await server.start();
  while (await pool.writer().query("SELECT 1").then(() => false, () => true));
});

Deno.test("Connections.end() waits for running work and rejects waiting callers", async () => {
  await using database = await useTestDatabase();
  const pool = openPool({ primary: { ...database.instance, maxConnections: 1 }, replicas: [] });
  await pool.writer().query("SELECT 1");
  const running = pool.withTx(async (tx) => (await tx.query("SELECT pg_sleep(0.05)")).rowCount);
  const waiting = codeOf(pool.withTx((tx) => tx.query("SELECT 1")));
  const ended = pool[Symbol.asyncDispose]();
  assertEquals([await running, await waiting], [1, "unavailable"]);
  await ended;
  assertEquals(await codeOf(pool.writer().query("SELECT 1")), "unavailable");
});

Deno.test("Connections shares the connections that the server allows", async () => {
  await using server = await startPostgres({
    settings: { max_connections: "6", superuser_reserved_connections: "0" },
  });
  const primary = { ...server.instance, maxConnections: 20 };
  await using pool = openPool({ primary, replicas: [], ...GENEROUS_TIMEOUTS });
  for (let round = 0; round < 20; round++) {
    const results = await Promise.all(Array.from({ length: 100 }, async (_, index) => {
      const { rows } = await pool.writer().query<{ value: number }>("SELECT $1::int AS value", [index]);
      return rows[0]?.value === index;
    }));
    assert(results.every(Boolean));
  }
  assert((await statusOf(pool)).open <= 6);
});

Deno.test("Connections opens its minimum in advance, and keeps it although idle or after a loss", async () => {
  await using database = await useTestDatabase();
  const primary = { ...database.instance, maxConnections: 4 };
  await using pool = openPool({ primary, replicas: [], minConnections: 2, idleTimeoutMs: 40 });
  const openIs = async (expected: number): Promise<void> => {
    while ((await statusOf(pool)).open !== expected) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  await openIs(2);
  const release = await occupy(pool, 4);
  assertEquals((await statusOf(pool)).open, 4);
  await release();
  await openIs(2);
  // Longer than the idle timeout.
  await new Promise((resolve) => setTimeout(resolve, 150));
  assertEquals((await statusOf(pool)).open, 2);
  await using killer = openPool({ primary: database.instance, replicas: [], applicationName: "killer" });
  const sessions = async (columns: string): Promise<readonly number[]> =>
    (await killer.writer().query<{ pid: number }>(
      `SELECT pid, ${columns} FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'archway'`,
    )).rows.map(({ pid }) => pid);
  const lost = await sessions("pg_terminate_backend(pid)");
  assert(lost.length >= 2);
  // Without another statement.
  while ((await sessions("state")).filter((pid) => !lost.includes(pid)).length < 2);
  // The pool may not have noticed every loss; each fails one statement at most.
  for (const _ of lost) await pool.writer().query("SELECT 1").catch(() => undefined);
  assertEquals((await pool.writer().query("SELECT 1")).rowCount, 1);
});

Deno.test("Connections replaces a connection that was closed before it is used", async () => {
  await using database = await useTestDatabase();
  let opened = 0;
  const connections = new Connections({
    open: async () => {
      const connection = await openConnection(database.instance, { config: {}, readOnly: false });
      if (opened++ === 0) await connection.close();
      return connection;
    },
    max: 1,
    min: 0,
    maxWaiting: 1,
    acquireTimeoutMs: 60_000,
    queueTimeoutMs: 60_000,
    idleTimeoutMs: 0,
    silentMs: 60_000,
  });
  const { rowCount } = await connections.run((connection) => connection.query("SELECT 1"));
  assertEquals([rowCount, opened, connections.status.open, connections.status.idle], [1, 2, 1, 1]);
  await connections.end({ timeout: 0 });
});
