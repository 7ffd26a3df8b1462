import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { PostgresServer } from "@archway/tools/support/postgres/postgres_server.ts";
import type { StandbyServer } from "@archway/tools/support/postgres/standby_server.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { startStandby } from "@archway/tools/support/postgres/start_standby.ts";
import type { ConnectionPool, ReaderOptions } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { openPool } from "../open_pool.ts";
import type { PoolConfig } from "../pool_config.ts";

/** Primary with two standbys, which fail one after the other. */
interface Cluster {
  readonly primary: PostgresServer;
  readonly replicas: readonly [StandbyServer, StandbyServer];
}

const scenarios: Readonly<Record<string, (cluster: Cluster) => Promise<void>>> = {
  "distributes reads over the replicas, writes to the primary": async (cluster) => {
    await using pool = await openCluster(cluster);
    const results = await Promise.all(Array.from({ length: 200 }, () => findServer(pool)));
    const counts = cluster.replicas.map((replica) =>
      results.filter((host) => host === hostOf(replica)).length
    );
    assertEquals((counts[0] ?? 0) + (counts[1] ?? 0), 200);
    // The replica with fewer reads in flight takes the next one, so both are used about equally.
    assert(counts.every((count) => count > 60), String(counts));
    await pool.withTx((tx) => tx.query("INSERT INTO places VALUES ('written')"));
  },

  "rejects writes on a reader, even on a replica that could write": async (cluster) => {
    await using pool = await openCluster(cluster);
    await using promoted = await openCluster(cluster, { replicas: [cluster.primary.instance] });
    for (const reader of [pool.reader(), promoted.reader()]) {
      const error = await assertRejects(() => reader.query("DELETE FROM places"), DatabaseError);
      assertEquals([error.code, error.sqlState], ["internal", "25006"]);
    }
    assert((await pool.health()).every(({ healthy }) => healthy));
  },

  "loses no read when a replica is killed, and takes it back": async (cluster) => {
    await using pool = await openCluster(cluster);
    const [lost, healthy] = cluster.replicas;
    const load = startLoad(pool);
    await load.reached(500);
    await lost.kill();
    await load.reached(1500);
    const health = await pool.health();
    assertEquals(health.map(({ healthy }) => healthy), [true, false, true]);
    assertEquals(health[1]?.reason, "unreachable");
    assertEquals(await servers(pool), new Set([hostOf(healthy)]));
    await lost.start();
    await untilHealthy(pool);
    await load.reached(500);
    assertEquals(await load.stop(), []);
    assertEquals((await servers(pool)).size, 2);
  },

  "delays reads by a bounded time when a replica hangs, and loses none": async (cluster) => {
    await using pool = await openCluster(cluster, { replicaProbeTimeoutMs: 2_000 });
    const [stuck, healthy] = cluster.replicas;
    const load = startLoad(pool);
    await load.reached(500);
    try {
      await stuck.pause();
      // Every read in flight at that time completes, too.
      await load.turnedOver();
      assertEquals(await load.stop(), []);
      const [, health] = await pool.health();
      assertEquals([health?.healthy, health?.reason], [false, "no response within 2000 ms"]);
      assertEquals(await servers(pool), new Set([hostOf(healthy)]));
    } finally {
      await stuck.resume();
    }
    await untilHealthy(pool);
    assertEquals((await servers(pool)).size, 2);
  },

  "sends no reads to a lagging replica until it has caught up": async (cluster) => {
    const [late, healthy] = cluster.replicas;
    await using pool = await openCluster(cluster, { replicaMaxLagMs: 300 });
    await late.pauseReplay();
    await pool.writer().query("INSERT INTO places VALUES ('late')");
    await healthy.catchUp(cluster.primary);
    let health = await pool.health();
    // The other one may have been probed before it had caught up.
    while (health[1]?.healthy || !health[2]?.healthy) health = await pool.health();
    assertMatch(health[1]?.reason ?? "", /^replication lag too high \(\d+\.\d s, maximum 0\.3 s\)$/);
    assertEquals(await servers(pool), new Set([hostOf(healthy)]));
    const { rowCount } = await pool.reader().query("SELECT FROM places WHERE name = 'late'");
    assertEquals(rowCount, 1);
    await late.resumeReplay();
    await untilHealthy(pool);
    assertEquals((await servers(pool)).size, 2);
  },

  "retries elsewhere a read cancelled by replay": async (cluster) => {
    await using pool = await openCluster(cluster);
    await using only = await openCluster(cluster, { replicas: [cluster.replicas[0].instance] });
    await pool.writer().query("CREATE TABLE dropped AS SELECT 1 AS value");
    for (const replica of cluster.replicas) await replica.catchUp(cluster.primary);
    // Replay of the lock waits for the read, and cancels it after max_standby_streaming_delay.
    const reading = only.reader().query("SELECT value, pg_sleep(30) FROM dropped");
    await untilActive(cluster.replicas[0]);
    await pool.writer().query("TRUNCATE dropped");
    assertEquals((await reading).rows, []);
    assertEquals((await only.health())[1]?.healthy, true);
  },

  "reads from the primary with every replica down": async (cluster) => {
    await using pool = await openCluster(cluster);
    const load = startLoad(pool);
    await load.reached(500);
    await Promise.all(cluster.replicas.map((replica) => replica.kill()));
    await load.reached(500);
    assertEquals(await servers(pool), new Set([hostOf(cluster.primary)]));
    assertEquals((await pool.health()).map(({ healthy }) => healthy), [true, false, false]);
    await Promise.all(cluster.replicas.map((replica) => replica.start()));
    await untilHealthy(pool);
    assertEquals(await load.stop(), []);
    assert(!(await servers(pool)).has(hostOf(cluster.primary)));
  },

  "waits for the first probe where a reader asks for it, and reads from the primary at once otherwise":
    async (
      cluster,
    ) => {
      const { primary, replicas: [down, stuck] } = cluster;
      const hosts = new Set<string | undefined>(cluster.replicas.map(hostOf));
      {
        await using pool = openUnprobed(cluster, { consistencyMaxWaitMs: 60_000 });
        assertEquals(await findServer(pool), hostOf(primary));
      }
      for (const isAfter of [false, true]) {
        await using pool = openUnprobed(cluster, { consistencyMaxWaitMs: 60_000 });
        const after = isAfter ? await pool.position() : undefined;
        const reads = Array.from({ length: 20 }, () => findServer(pool, { after, waitForReplicas: true }));
        for (const host of await Promise.all(reads)) assert(hosts.has(host), host);
      }
      await stuck.pause();
      try {
        {
          // The one that responds takes the read while the other one is still waited for.
          await using pool = openUnprobed(cluster, { replicaProbeTimeoutMs: 600_000 });
          assertEquals(await findServer(pool, { waitForReplicas: true }), hostOf(down));
        }
        await down.kill();
        await using pool = openUnprobed(cluster, { replicaProbeTimeoutMs: 600_000 });
        const stopping = new AbortController();
        const read = pool.reader({ waitForReplicas: true }).query("SELECT 1", [], stopping);
        stopping.abort();
        assertEquals((await assertRejects(() => read, DatabaseError)).code, "cancelled");
        await using hasty = openUnprobed(cluster, { replicaProbeTimeoutMs: 100 });
        assertEquals(await findServer(hasty, { waitForReplicas: true }), hostOf(primary));
        await down.start();
      } finally {
        await stuck.resume();
      }
    },

  "reads from the replicas with the primary down, although they lag then": async (
    cluster,
  ) => {
    await using pool = await openCluster(cluster, { replicaMaxLagMs: 200 });
    await cluster.primary.kill();
    let health = await pool.health();
    while (health.slice(1).some(({ healthy }) => healthy)) health = await pool.health();
    assertEquals(health[0]?.reason, "unreachable");
    assertEquals((await pool.reader().query("SELECT FROM places LIMIT 1")).rowCount, 1);
    const error = await assertRejects(() => pool.writer().query("SELECT 1"), DatabaseError);
    assertEquals(error.code, "unavailable");
    await cluster.primary.start();
    await untilHealthy(pool);
  },
};

Deno.test("openPool() completes reads while replicas fail", async (test) => {
  // The primary is killed and restarted.
  await using primary = await startPostgres({ durable: true });
  const settings = { max_standby_streaming_delay: "100ms" };
  const [first, second] = await Promise.all([
    startStandby(primary, { settings }),
    startStandby(primary, { settings }),
  ]);
  await using _first = first;
  await using _second = second;
  const cluster: Cluster = { primary, replicas: [first, second] };
  {
    await using pool = openPool({ primary: primary.instance, replicas: [] });
    await pool.writer().query("CREATE TABLE places AS SELECT 'first' AS name");
  }
  for (const replica of cluster.replicas) await replica.catchUp(primary);
  for (const [name, run] of Object.entries(scenarios)) await test.step(name, () => bounded(run(cluster)));
});

/** Fails the test for a read that never completes. */
async function bounded(running: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("Timed out after a minute")), 60_000);
  await Promise.race([running, promise]).finally(() => clearTimeout(timer));
}

/** Opens a pool with healthy replicas, and limits that a slow machine does not exceed. */
async function openCluster(
  cluster: Cluster,
  options: Partial<PoolConfig> = {},
): Promise<ConnectionPool> {
  const pool = openUnprobed(cluster, options);
  await untilHealthy(pool);
  return pool;
}

/** Opens a pool that knows nothing of its replicas yet. */
function openUnprobed({ primary, replicas }: Cluster, options: Partial<PoolConfig>): ConnectionPool {
  return openPool({
    primary: primary.instance,
    replicas: replicas.map(({ instance }) => instance),
    acquireTimeoutMs: 60_000,
    queueTimeoutMs: 60_000,
    replicaProbeTimeoutMs: 30_000,
    replicaProbeIntervalMs: 100,
    ...options,
  });
}

async function untilHealthy(pool: ConnectionPool): Promise<void> {
  while ((await pool.health()).some(({ healthy }) => !healthy)) await pause(20);
}

function hostOf({ instance }: PostgresServer): string {
  return instance.host;
}

/** Returns the server that handles a read. */
async function findServer(pool: ConnectionPool, options?: ReaderOptions): Promise<string | undefined> {
  const { rows } = await pool.reader(options).query<{ host: string }>(
    "SELECT current_setting('unix_socket_directories') AS host",
  );
  return rows[0]?.host;
}

async function servers(pool: ConnectionPool): Promise<Set<string | undefined>> {
  return new Set(await Promise.all(Array.from({ length: 40 }, () => findServer(pool))));
}

async function untilActive({ instance }: PostgresServer): Promise<void> {
  await using pool = openPool({ primary: instance, replicas: [] });
  const text = "SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
  while ((await pool.writer().query(text)).rowCount === 0);
}

interface Load {
  /** Waits until `count` more reads have completed. */
  reached(count: number): Promise<void>;
  /** Waits until every reader has completed two more reads. */
  turnedOver(): Promise<void>;
  /** Stops the load and returns the errors. */
  stop(): Promise<readonly unknown[]>;
}

/** Starts hundreds of readers, each with a read in flight at any time. */
function startLoad(pool: ConnectionPool): Load {
  let stopped = false;
  const responded = Array.from({ length: 300 }, () => 0);
  const failed: unknown[] = [];
  const total = (): number => responded.reduce((sum, count) => sum + count, 0);
  const readers = responded.map(async (_, index) => {
    while (!stopped) {
      try {
        const { rows } = await pool.reader().query<{ value: number }>("SELECT $1::int AS value", [index]);
        if (rows[0]?.value !== index) failed.push(rows);
      } catch (error) {
        failed.push(error);
        // Not stopped if the test has failed before: a closed pool rejects immediately.
        stopped ||= failed.length > 1000;
        await pause(1);
      }
      responded[index] = (responded[index] ?? 0) + 1;
    }
  });
  return {
    async reached(count): Promise<void> {
      const goal = total() + count;
      while (total() < goal) await pause(5);
    },
    async turnedOver(): Promise<void> {
      const goals = responded.map((count) => count + 2);
      while (responded.some((count, index) => count < (goals[index] ?? 0))) await pause(5);
    },
    async stop(): Promise<readonly unknown[]> {
      stopped = true;
      await Promise.all(readers);
      return failed;
    },
  };
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
