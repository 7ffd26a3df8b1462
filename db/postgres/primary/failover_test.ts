import { assert, assertEquals, assertRejects } from "@std/assert";
import type { PostgresServer } from "@archway/tools/support/postgres/postgres_server.ts";
import type { StandbyServer } from "@archway/tools/support/postgres/standby_server.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { SilentProxy } from "@archway/tools/support/postgres/silent_proxy.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { startStandby } from "@archway/tools/support/postgres/start_standby.ts";
import type { ConnectionPool } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { openPool } from "../open_pool.ts";
import type { PoolConfig } from "../pool_config.ts";

/** Primary with a synchronous standby. */
interface Pair extends AsyncDisposable {
  readonly primary: PostgresServer;
  readonly standby: StandbyServer;
}

Deno.test("openPool() follows the primary after a promotion without losing writes", async () => {
  await using pair = await startPair();
  const { primary, standby } = pair;
  await using pool = openPair(pair);
  const writes = startWrites(pool);
  await writes.reached(200);
  await primary.kill();
  // Until the promotion, writes fail.
  await writes.refused(20);
  await standby.promote();
  await writes.reached(writes.acknowledged.length + 200);
  const { acknowledged, wrong } = await writes.stop();
  assertEquals(wrong, []);
  const { rows } = await pool.writer().query<{ id: number }>("SELECT id FROM written");
  const stored = new Set(rows.map(({ id }) => id));
  assertEquals(acknowledged.filter((id) => !stored.has(id)), []);

  // The former primary returns unaware: it accepts writes, on the old timeline.
  await primary.start();
  await using late = openPair(pair);
  for (const each of [late, pool]) assertEquals(await addressOf(each), standby.instance.host);
});

Deno.test("openPool() leaves a hanging primary for the promoted standby", async () => {
  await using pair = await startPair();
  const { primary, standby } = pair;
  await using pool = openPair(pair, { replicaProbeTimeoutMs: 500 });
  await pool.writer().query("INSERT INTO written VALUES (1)");
  assertEquals(await addressOf(pool), primary.instance.host);
  await primary.pause();
  try {
    const stuck = pool.writer().query("INSERT INTO written VALUES (2)").catch((error: unknown) => error);
    await standby.promote();
    // Its connections are open and silent: only the new primary shows that it is obsolete.
    const error = await stuck;
    assert(error instanceof DatabaseError && error.code === "outcome-unknown", String(error));
    await untilWritten(pool, 3);
    assertEquals(await addressOf(pool), standby.instance.host);
  } finally {
    await primary.resume();
  }
  // It has resumed, and is still ignored.
  for (let id = 4; id < 50; id++) await pool.writer().query("INSERT INTO written VALUES ($1)", [id]);
  assertEquals(await addressOf(pool), standby.instance.host);
});

Deno.test("openPool() leaves a primary that has become read-only", async () => {
  await using pair = await startPair();
  const { primary, standby } = pair;
  await using pool = openPair(pair);
  await pool.writer().query("INSERT INTO written VALUES (1)");
  await using admin = openPool({ primary: primary.instance, replicas: [] });
  await admin.writer().query("ALTER SYSTEM SET default_transaction_read_only = on");
  await admin.writer().query("SELECT pg_reload_conf()");
  await standby.promote();
  const refusals: unknown[] = [];
  await untilWritten(pool, 2, refusals);
  assert(refusals.every((code) => code === "unavailable" || code === "outcome-unknown"), String(refusals));
  assertEquals(await addressOf(pool), standby.instance.host);
});

Deno.test("openPool() finds the primary after all hosts were down", async () => {
  await using pair = await startPair();
  const { primary, standby } = pair;
  await Promise.all([primary.stop(), standby.stop()]);
  // Long enough for a busy machine, on which a refusal would count as no response.
  await using pool = openPair(pair, { replicaProbeTimeoutMs: 30_000 });
  const error = await assertRejects(() => pool.writer().query("SELECT 1"), DatabaseError);
  assertEquals(error.code, "unavailable");
  const health = async (): Promise<unknown> =>
    (await pool.health()).map((
      { name, role, healthy, reason },
    ) => [name, role, healthy ? "healthy" : reason]);
  assertEquals(await health(), [
    ["primary", "primary", "unreachable"],
    ["primary_0", "candidate", "unreachable"],
    ["primary_1", "candidate", "unreachable"],
  ]);
  await standby.start();
  assertEquals(await health(), [
    ["primary", "primary", "none of its hosts accepts writes"],
    ["primary_0", "candidate", "unreachable"],
    ["primary_1", "candidate", "healthy"],
  ]);
  await primary.start();
  await untilWritten(pool, 1);
  assertEquals(await health(), [
    ["primary", "primary", "healthy"],
    ["primary_0", "candidate", "healthy"],
    ["primary_1", "candidate", "healthy"],
  ]);
  assertEquals(await addressOf(pool), primary.instance.host);
});

Deno.test("openPool() does not acknowledge a commit that no standby has confirmed", async () => {
  await using pair = await startPair();
  const { primary, standby } = pair;
  await using pool = openPool({ primary: primary.instance, replicas: [] });
  await using admin = openPool({ primary: primary.instance, replicas: [], applicationName: "admin" });
  await pool.writer().query("INSERT INTO written VALUES (1)");
  await standby.kill();
  const inserts = [
    (): Promise<unknown> => pool.writer().query("INSERT INTO written VALUES (2)"),
    (): Promise<unknown> => pool.withTx((tx) => tx.query("INSERT INTO written VALUES (3)")),
  ];
  for (const insert of inserts) {
    const waiting = insert();
    waiting.catch(() => undefined);
    const cancel = `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`;
    while ((await admin.writer().query(cancel)).rowCount === 0);
    const error = await assertRejects(() => waiting, DatabaseError);
    assertEquals(error.code, "outcome-unknown");
  }
  // The rows were committed on this server nevertheless.
  assertEquals((await admin.writer().query("SELECT id FROM written")).rowCount, 3);
});

Deno.test("openPool() stays with one of two addresses of the same primary", async () => {
  await using database = await useTestDatabase();
  await using first = new SilentProxy(database.instance);
  await using second = new SilentProxy(database.instance);
  await using pool = openPool({
    primary: [first.instance, second.instance],
    replicas: [],
    acquireTimeoutMs: 60_000,
    queueTimeoutMs: 60_000,
    replicaProbeIntervalMs: 5,
  });
  const read = async (): Promise<unknown> =>
    (await pool.writer().query("SELECT pg_backend_pid() AS pid")).rows[0];
  const session = await read();
  // Each round of reads takes longer than a search.
  for (let times = 0; times < 100; times++) {
    assertEquals(await read(), session);
    await pool.health();
  }
});

async function startPair(): Promise<Pair> {
  await using stack = new AsyncDisposableStack();
  const primary = stack.use(await startPostgres({ durable: true }));
  const standby = stack.use(await startStandby(primary, { durable: true }));
  await using admin = openPool({ primary: primary.instance, replicas: [] });
  await admin.writer().query("CREATE TABLE written (id int PRIMARY KEY)");
  await standby.catchUp(primary);
  await admin.writer().query("ALTER SYSTEM SET synchronous_standby_names = '*'");
  await admin.writer().query("SELECT pg_reload_conf()");
  const waits = "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'";
  while ((await admin.writer().query(waits)).rowCount === 0);
  const opened = stack.move();
  return { primary, standby, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/**
 * Lists the primary first, where a program that used the first responding server would look. Timeouts are long enough
 * for a slow machine.
 */
function openPair({ primary, standby }: Pair, options: Partial<PoolConfig> = {}): ConnectionPool {
  return openPool({
    primary: [primary.instance, standby.instance],
    replicas: [],
    acquireTimeoutMs: 60_000,
    queueTimeoutMs: 60_000,
    ...options,
  });
}

async function addressOf(pool: ConnectionPool): Promise<string | undefined> {
  const { rows: [row] } = await pool.writer().query<{ host: string }>(
    "SELECT current_setting('unix_socket_directories') AS host",
  );
  return row?.host;
}

async function untilWritten(pool: ConnectionPool, id: number, refusals: unknown[] = []): Promise<void> {
  while (true) {
    try {
      await pool.writer().query("INSERT INTO written VALUES ($1) ON CONFLICT DO NOTHING", [id]);
      return;
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      refusals.push(error.code);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

interface Writes {
  readonly acknowledged: readonly number[];
  /** Waits until `count` writes were acknowledged. */
  reached(count: number): Promise<void>;
  /** Waits until `count` further writes were rejected. */
  refused(count: number): Promise<void>;
  /** Stops the writes; `wrong` contains undocumented errors. */
  stop(): Promise<{ readonly acknowledged: readonly number[]; readonly wrong: readonly unknown[] }>;
}

/** Starts callers that write continuously, each row once. */
function startWrites(pool: ConnectionPool): Writes {
  const acknowledged: number[] = [];
  const wrong: unknown[] = [];
  let refusals = 0;
  let next = 0;
  let stopped = false;
  const callers = Array.from({ length: 8 }, async (_, index) => {
    while (!stopped) {
      const id = next++;
      const insert = "INSERT INTO written VALUES ($1)";
      try {
        if (index % 2 === 0) await pool.writer().query(insert, [id]);
        else await pool.withTx((tx) => tx.query(insert, [id]));
        acknowledged.push(id);
      } catch (error) {
        refusals++;
        const known = error instanceof DatabaseError && /^(unavailable|outcome-unknown)$/.test(error.code);
        if (!known) wrong.push(error);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
  });
  const until = async (isDone: () => boolean): Promise<void> => {
    while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  return {
    acknowledged,
    reached: (count) => until(() => acknowledged.length >= count),
    refused: (count) => {
      const from = refusals;
      return until(() => refusals >= from + count);
    },
    stop: async () => {
      stopped = true;
      await Promise.all(callers);
      return { acknowledged, wrong };
    },
  };
}
