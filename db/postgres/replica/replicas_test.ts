import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { PostgresServer } from "@archway/tools/support/postgres/postgres_server.ts";
import type { StandbyServer } from "@archway/tools/support/postgres/standby_server.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { startStandby } from "@archway/tools/support/postgres/start_standby.ts";
import type { ConnectionPool } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { openPool } from "../open_pool.ts";
import type { PoolConfig } from "../pool_config.ts";

/** One primary with two standbys, and what happens to them one after the other. */
interface Cluster {
  readonly primary: PostgresServer;
  readonly replicas: readonly [StandbyServer, StandbyServer];
}

const faults: Readonly<Record<string, (cluster: Cluster) => Promise<void>>> = {
  "reads are spread over the replicas, writes go to the primary": async (cluster) => {
    await using pool = await openCluster(cluster);
    const answers = await Promise.all(Array.from({ length: 200 }, () => askWhere(pool)));
    const counts = cluster.replicas.map((replica) =>
      answers.filter((host) => host === hostOf(replica)).length
    );
    assertEquals((counts[0] ?? 0) + (counts[1] ?? 0), 200);
    // Whoever has fewer reads in flight gets the next: both are used about alike.
    assert(counts.every((count) => count > 60), String(counts));
    await pool.withTx((tx) => tx.query("INSERT INTO places VALUES ('written')"));
  },

  "what writes is refused by a reader, also by a replica that could write": async (cluster) => {
    await using pool = await openCluster(cluster);
    await using promoted = await openCluster(cluster, { replicas: [cluster.primary.instance] });
    for (const reader of [pool.reader(), promoted.reader()]) {
      const error = await assertRejects(() => reader.query("DELETE FROM places"), DatabaseError);
      assertEquals([error.code, error.sqlState], ["internal", "25006"]);
    }
    assert((await pool.health()).every(({ healthy }) => healthy));
  },

  "a replica that is killed costs no read, and is taken back": async (cluster) => {
    await using pool = await openCluster(cluster);
    const [lost, kept] = cluster.replicas;
    const load = startLoad(pool);
    await load.reached(500);
    await lost.kill();
    await load.reached(1500);
    const health = await pool.health();
    assertEquals(health.map(({ healthy }) => healthy), [true, false, true]);
    assertEquals(health[1]?.reason, "It cannot be reached");
    assertEquals(await places(pool), new Set([hostOf(kept)]));
    await lost.start();
    await untilHealthy(pool);
    await load.reached(500);
    assertEquals(await load.stop(), []);
    assertEquals((await places(pool)).size, 2);
  },

  "a replica that stands still holds its reads up for a bounded time and costs none": async (cluster) => {
    await using pool = await openCluster(cluster, { replicaProbeTimeoutMs: 2_000 });
    const [stuck, kept] = cluster.replicas;
    const load = startLoad(pool);
    await load.reached(500);
    try {
      await stuck.pause();
      // Every read that was on the way when it stopped comes back, too: none is left behind.
      await load.turnedOver();
      assertEquals(await load.stop(), []);
      const [, health] = await pool.health();
      assertEquals([health?.healthy, health?.reason], [false, "It did not answer within 2000 ms"]);
      assertEquals(await places(pool), new Set([hostOf(kept)]));
    } finally {
      await stuck.resume();
    }
    await untilHealthy(pool);
    assertEquals((await places(pool)).size, 2);
  },

  "a replica that is too far behind takes no reads until it has caught up": async (cluster) => {
    const [late, kept] = cluster.replicas;
    await using pool = await openCluster(cluster, { replicaMaxLagMs: 300 });
    await late.pauseReplay();
    await pool.writer().query("INSERT INTO places VALUES ('late')");
    await kept.catchUp(cluster.primary);
    let health = await pool.health();
    // The other one may have been asked before it had caught up.
    while (health[1]?.healthy || !health[2]?.healthy) health = await pool.health();
    assertMatch(health[1]?.reason ?? "", /^Takes no reads: it is \d+\.\d s behind, and 0\.3 s are allowed$/);
    assertEquals(await places(pool), new Set([hostOf(kept)]));
    const { rowCount } = await pool.reader().query("SELECT FROM places WHERE name = 'late'");
    assertEquals(rowCount, 1);
    await late.resumeReplay();
    await untilHealthy(pool);
    assertEquals((await places(pool)).size, 2);
  },

  "a read that a replica's replay cancels is read elsewhere": async (cluster) => {
    await using pool = await openCluster(cluster);
    await using only = await openCluster(cluster, { replicas: [cluster.replicas[0].instance] });
    await pool.writer().query("CREATE TABLE dropped AS SELECT 1 AS value");
    for (const replica of cluster.replicas) await replica.catchUp(cluster.primary);
    // The replay of the lock waits for the read, and cancels it after max_standby_streaming_delay.
    const reading = only.reader().query("SELECT value, pg_sleep(30) FROM dropped");
    await untilActive(cluster.replicas[0]);
    await pool.writer().query("TRUNCATE dropped");
    assertEquals((await reading).rows, []);
    assertEquals((await only.health())[1]?.healthy, true);
  },

  "with every replica down the primary takes the reads": async (cluster) => {
    await using pool = await openCluster(cluster);
    const load = startLoad(pool);
    await load.reached(500);
    await Promise.all(cluster.replicas.map((replica) => replica.kill()));
    await load.reached(500);
    assertEquals(await places(pool), new Set([hostOf(cluster.primary)]));
    assertEquals((await pool.health()).map(({ healthy }) => healthy), [true, false, false]);
    await Promise.all(cluster.replicas.map((replica) => replica.start()));
    await untilHealthy(pool);
    assertEquals(await load.stop(), []);
    assert(!(await places(pool)).has(hostOf(cluster.primary)));
  },

  "with the primary down the replicas go on taking reads, also when they are late by that": async (
    cluster,
  ) => {
    await using pool = await openCluster(cluster, { replicaMaxLagMs: 200 });
    await cluster.primary.kill();
    let health = await pool.health();
    while (health.slice(1).some(({ healthy }) => healthy)) health = await pool.health();
    assertEquals(health[0]?.reason, "It cannot be reached");
    assertEquals((await pool.reader().query("SELECT FROM places LIMIT 1")).rowCount, 1);
    const error = await assertRejects(() => pool.writer().query("SELECT 1"), DatabaseError);
    assertEquals(error.code, "unavailable");
    await cluster.primary.start();
    await untilHealthy(pool);
  },
};

Deno.test("openPool() keeps reads going while replicas fail", async (test) => {
  // The primary is killed and started again.
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
  for (const [name, run] of Object.entries(faults)) await test.step(name, () => bounded(run(cluster)));
});

/** A read that is never answered is to fail the test, not to hold it up. */
async function bounded(running: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("It took longer than a minute")), 60_000);
  await Promise.race([running, promise]).finally(() => clearTimeout(timer));
}

/** A pool whose replicas are known to be well. Nobody is to be refused, and no replica lost, because the machine is slow. */
async function openCluster(
  { primary, replicas }: Cluster,
  options: Partial<PoolConfig> = {},
): Promise<ConnectionPool> {
  const pool = openPool({
    primary: primary.instance,
    replicas: replicas.map(({ instance }) => instance),
    acquireTimeoutMs: 60_000,
    queueTimeoutMs: 60_000,
    replicaProbeTimeoutMs: 30_000,
    replicaProbeIntervalMs: 100,
    ...options,
  });
  await untilHealthy(pool);
  return pool;
}

async function untilHealthy(pool: ConnectionPool): Promise<void> {
  while ((await pool.health()).some(({ healthy }) => !healthy)) await pause(20);
}

function hostOf({ instance }: PostgresServer): string {
  return instance.host;
}

/** Which server answers a read. */
async function askWhere(pool: ConnectionPool): Promise<string | undefined> {
  const { rows } = await pool.reader().query<{ host: string }>(
    "SELECT current_setting('unix_socket_directories') AS host",
  );
  return rows[0]?.host;
}

async function places(pool: ConnectionPool): Promise<Set<string | undefined>> {
  return new Set(await Promise.all(Array.from({ length: 40 }, () => askWhere(pool))));
}

async function untilActive({ instance }: PostgresServer): Promise<void> {
  await using pool = openPool({ primary: instance, replicas: [] });
  const text = "SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
  while ((await pool.writer().query(text)).rowCount === 0);
}

interface Load {
  /** Resolves when so many more reads have been answered. */
  reached(count: number): Promise<void>;
  /** Resolves when each reader has had two more answers. */
  turnedOver(): Promise<void>;
  /** Ends it and gives what failed. */
  stop(): Promise<readonly unknown[]>;
}

/** Hundreds of readers, each with a read in flight at any time. */
function startLoad(pool: ConnectionPool): Load {
  let stopped = false;
  const answered = Array.from({ length: 300 }, () => 0);
  const failed: unknown[] = [];
  const total = (): number => answered.reduce((sum, count) => sum + count, 0);
  const readers = answered.map(async (_, index) => {
    while (!stopped) {
      try {
        const { rows } = await pool.reader().query<{ value: number }>("SELECT $1::int AS value", [index]);
        if (rows[0]?.value !== index) failed.push(rows);
      } catch (error) {
        failed.push(error);
        // Nobody stops it where the test has failed before: a pool that is closed refuses at once.
        stopped ||= failed.length > 1000;
        await pause(1);
      }
      answered[index] = (answered[index] ?? 0) + 1;
    }
  });
  return {
    async reached(count): Promise<void> {
      const goal = total() + count;
      while (total() < goal) await pause(5);
    },
    async turnedOver(): Promise<void> {
      const goals = answered.map((count) => count + 2);
      while (answered.some((count, index) => count < (goals[index] ?? 0))) await pause(5);
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
