import { assert, assertEquals, assertRejects } from "@std/assert";
import type { PostgresServer } from "@archway/tools/support/postgres/postgres_server.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { startStandby } from "@archway/tools/support/postgres/start_standby.ts";
import type { ConnectionPool, WalPosition } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { openPool } from "../open_pool.ts";
import type { PoolConfig } from "../pool_config.ts";

Deno.test("openPool() reads its own writes on a replica that has them, otherwise on the primary", async (test) => {
  await using primary = await startPostgres();
  await using standby = await startStandby(primary);
  await using writer = openPool({ primary: primary.instance, replicas: [], readsPosition: true });
  await writer.writer().query("CREATE TABLE notes (id int PRIMARY KEY)");
  await standby.catchUp(primary);

  await test.step("on the primary while replay is paused, on the replica when it resumes", async () => {
    await using pool = await openCluster(primary, {
      replicas: [standby.instance],
      // The replica has the row by the time it is probed, with enough time to respond.
      consistencyMaxWaitMs: 2_000,
    });
    await standby.pauseReplay();
    const after = await writeNote(pool, 1);
    assertEquals(await find(pool, 1, after), "primary");
    // Without a position, the read goes to the replica, which lacks the row.
    assertEquals(await find(pool, 1), undefined);
    await standby.resumeReplay();
    await standby.catchUp(primary);
    assertEquals(await find(pool, 1, after), "replica");
  });

  await test.step("on the replica after a wait", async () => {
    await using pool = await openCluster(primary, {
      replicas: [standby.instance],
      consistencyMaxWaitMs: 60_000,
      // No probe in between.
      replicaProbeIntervalMs: 60_000,
    });
    await standby.pauseReplay();
    const after = await writeNote(pool, 2);
    const reads = Array.from({ length: 100 }, () => find(pool, 2, after));
    await standby.resumeReplay();
    assertEquals(new Set(await Promise.all(reads)), new Set(["replica"]));
  });

  await test.step("in another process", async () => {
    await using other = await openCluster(primary, { replicas: [standby.instance], consistencyMaxWaitMs: 0 });
    for (
      const [first, write] of [[100, writeNote], [200, writeWithSignal], [300, transactWithSignal]] as const
    ) {
      for (let id = first; id < first + 100; id++) {
        const after = await write(writer, id);
        assert(after.timeline === 1 && await find(other, id, after) !== undefined);
      }
    }
  });

  await test.step("nowhere when the primary is lost and the replica lacks the row", async () => {
    await using pool = await openCluster(primary, { replicas: [standby.instance] });
    await standby.pauseReplay();
    const after = await writeNote(pool, 3);
    await primary.kill();
    const error = await assertRejects(() => find(pool, 3, after), DatabaseError);
    assertEquals(error.code, "unavailable");
    await primary.start();
    await standby.resumeReplay();
  });
});

Deno.test("openPool() covers a position at the end of a page or of a file", async () => {
  await using primary = await startPostgres({ settings: { autovacuum: "off" } });
  await using standby = await startStandby(primary);
  await using pool = await openCluster(primary, {
    replicas: [standby.instance],
    consistencyMaxWaitMs: 60_000,
  });
  const endsPage = ({ lsn }: WalPosition): boolean => lsn % 8192n === 0n;
  const endsFile = ({ lsn }: WalPosition): boolean => lsn % (1024n * 1024n) === 0n;
  // Nothing else is written: the standby gets to the end of the last record, and no further.
  for (const [write, isEnd] of [[fillPage, endsPage], ["SELECT pg_switch_wal()", endsFile]] as const) {
    let position = await pool.position();
    while (!isEnd(position)) {
      await pool.writer().query(write);
      position = await pool.position();
    }
    const { rows } = await pool.reader({ after: position }).query<{ server: string }>(serverOfRead);
    assertEquals(rows[0]?.server, "replica");
  }
});

Deno.test("openPool() reads on the primary after a promotion", async () => {
  await using lost = await startPostgres();
  await using next = await startStandby(lost);
  await using follower = await startStandby(lost);
  await using pool = await openCluster(lost, { replicas: [next.instance, follower.instance] });
  await pool.writer().query("CREATE TABLE notes (id int PRIMARY KEY)");
  const before = await writeNote(pool, 1);
  await next.catchUp(lost);
  await follower.catchUp(lost);
  await lost.kill();
  await next.promote();
  await follow(follower, next);

  await using moved = await openCluster(next, {
    replicas: [follower.instance],
    consistencyMaxWaitMs: 60_000,
  });
  const after = await writeNote(moved, 2);
  assertEquals([before.timeline, after.timeline], [1, 2]);
  assertEquals(await find(moved, 1, before), "primary");
  assertEquals(await find(moved, 2, after), "replica");
});

Deno.test("openPool() reads positions and timelines as a role without privileges", async () => {
  await using primary = await startPostgres();
  await using standby = await startStandby(primary);
  const role = { user: "plain", password: "" };
  await using admin = openPool({ primary: primary.instance, replicas: [] });
  await admin.writer().query("CREATE ROLE plain LOGIN");
  await admin.writer().query("CREATE TABLE notes (id int PRIMARY KEY)");
  await admin.writer().query("GRANT ALL ON notes TO plain");
  await standby.catchUp(primary);
  await using pool = openPool({
    primary: { ...primary.instance, ...role },
    replicas: [{ ...standby.instance, ...role }],
    consistencyMaxWaitMs: 60_000,
    ...GENEROUS_LIMITS,
  });
  await untilHealthy(pool);
  assertEquals(await find(pool, 1, await writeNote(pool, 1)), "replica");
});

const serverOfRead = "SELECT CASE WHEN pg_is_in_recovery() THEN 'replica' ELSE 'primary' END AS server";

/** Writes a message that fills the page if enough space is left; its overhead is 52 bytes. */
const fillPage = `SELECT pg_logical_emit_message(false, 'x', repeat('x', size), true)
  FROM (SELECT 8192 - (pg_current_wal_insert_lsn() - '0/0') % 8192 AS rest) AS page,
    LATERAL (SELECT CASE WHEN rest BETWEEN 80 AND 250 THEN rest::int - 52 ELSE 100 END AS size) AS message`;

/** Makes a standby follow another server. */
async function follow({ instance }: PostgresServer, primary: PostgresServer): Promise<void> {
  await using other = openPool({ primary: primary.instance, replicas: [] });
  await other.writer().query("SELECT pg_create_physical_replication_slot('follower', true)");
  await using standby = openPool({ primary: instance, replicas: [] });
  const { host, port, user } = primary.instance;
  const settings = {
    primary_conninfo: `host=${host} port=${port} user=${user}`,
    primary_slot_name: "follower",
  };
  for (const [name, value] of Object.entries(settings)) {
    await standby.writer().query(`ALTER SYSTEM SET ${name} = '${value}'`);
  }
  await standby.writer().query("SELECT pg_reload_conf()");
  const follows = "SELECT FROM pg_stat_get_wal_receiver() WHERE received_tli = 2";
  while ((await standby.writer().query(follows)).rowCount === 0);
}

/** Timeouts and limits that a slow machine does not exceed. */
const GENEROUS_LIMITS = {
  acquireTimeoutMs: 60_000,
  queueTimeoutMs: 60_000,
  replicaMaxLagMs: 600_000,
  replicaProbeTimeoutMs: 30_000,
};

async function openCluster(
  primary: PostgresServer,
  options: Omit<PoolConfig, "primary">,
): Promise<ConnectionPool> {
  const pool = openPool({ primary: primary.instance, ...GENEROUS_LIMITS, ...options });
  await untilHealthy(pool);
  return pool;
}

async function untilHealthy(pool: ConnectionPool): Promise<void> {
  while ((await pool.health()).some(({ healthy }) => !healthy)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Writes a note and returns the position required to see it. */
async function writeNote(pool: ConnectionPool, id: number): Promise<WalPosition> {
  await pool.writer().query("INSERT INTO notes VALUES ($1)", [id]);
  return await pool.position();
}

/** Writes a note, and returns the position that was read behind it. */
async function writeWithSignal(pool: ConnectionPool, id: number): Promise<WalPosition> {
  const { signal } = new AbortController();
  await pool.writer().query("INSERT INTO notes VALUES ($1)", [id], { signal });
  return await pool.position({ signal });
}

/** Writes a note in a transaction, and returns the position that was read behind the COMMIT. */
async function transactWithSignal(pool: ConnectionPool, id: number): Promise<WalPosition> {
  const { signal } = new AbortController();
  await pool.withTx((tx) => tx.query("INSERT INTO notes VALUES ($1)", [id]), { signal });
  return await pool.position({ signal });
}

/** Returns the server that shows a note; undefined if the row is missing. */
async function find(pool: ConnectionPool, id: number, after?: WalPosition): Promise<string | undefined> {
  const { rows } = await pool.reader({ after }).query<{ server: string }>(
    `${serverOfRead} FROM notes WHERE id = $1`,
    [id],
  );
  return rows[0]?.server;
}
