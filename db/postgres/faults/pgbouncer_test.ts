import { assert, assertEquals, assertLess, assertRejects, assertStringIncludes } from "@std/assert";
import { startPgbouncer } from "@archway/tools/support/postgres/start_pgbouncer.ts";
import { testWithPgbouncer } from "@archway/tools/support/postgres/test_with_pgbouncer.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { migrationFolder } from "@archway/tools/support/migration_folder.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import type { ConnectionPool } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { documentedSettings, openBehindPgbouncer } from "./testing/behind_pgbouncer.ts";
import { openPool } from "../open_pool.ts";
import { PoolLoad } from "./testing/pool_load.ts";

/** Returns the sessions of PgBouncer on the server, bypassing PgBouncer. */
async function sessions(direct: ConnectionPool): Promise<readonly { readonly state: string }[]> {
  const { rows } = await direct.writer().query<{ state: string }>(
    `SELECT state FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  return rows;
}

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  return (await assertRejects(work, DatabaseError)).code;
}

testWithPgbouncer(
  "openPool() returns correct results to many callers over few sessions of PgBouncer",
  async () => {
    await using database = await useTestDatabase();
    await using pgbouncer = await startPgbouncer(database.instance, {
      // No timeout on a slow machine, neither here nor in the pool.
      ini: `${(await documentedSettings()).ini}\ndefault_pool_size = 5\nquery_wait_timeout = 60`,
    });
    await using direct = openPool({ primary: { ...database.instance, maxConnections: 1 }, replicas: [] });
    await using pool = openBehindPgbouncer(pgbouncer, GENEROUS_TIMEOUTS);
    const load = await PoolLoad.start(pool);
    await load.untilDone(500);
    assertLess((await sessions(direct)).length, 6);
    await load.untilDone(500);
    const { begun, endings, contradictions } = await load.stop();
    assertEquals([endings, contradictions], [{ done: begun }, []]);
    while ((await sessions(direct)).some(({ state }) => state !== "idle")) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  },
);

testWithPgbouncer("query() keeps long statements of several callers apart behind PgBouncer", async () => {
  await using database = await useTestDatabase();
  await using pgbouncer = await startPgbouncer(database.instance, {
    ini: `${(await documentedSettings()).ini}\ndefault_pool_size = 4\nquery_wait_timeout = 60`,
  });
  const primary = { ...pgbouncer.instance, maxConnections: 8 };
  await using pool = openBehindPgbouncer(pgbouncer, { ...GENEROUS_TIMEOUTS, primary });
  // PgBouncer 1.18 gives a session to another client while it has sent a part of a statement.
  const callers = Array.from({ length: 24 }, async (_, caller) => {
    for (let call = 0; call < 20; call++) {
      const text = `${caller} ${call} ${"x".repeat(call % 2 * 200_000)}`;
      const { rows } = await pool.writer().query<{ text: string }>("SELECT $1::text AS text", [text]);
      assert(rows.length === 1 && rows[0]?.text === text, "The response to another statement");
    }
  });
  await Promise.all(callers);
});

testWithPgbouncer(
  "query() cancels an aborted statement on the server through PgBouncer",
  async () => {
    await using database = await useTestDatabase();
    await using pgbouncer = await startPgbouncer(database.instance, await documentedSettings());
    await using direct = openPool({ primary: { ...database.instance, maxConnections: 1 }, replicas: [] });
    await using pool = openBehindPgbouncer(pgbouncer, { statementTimeoutMs: 0 });
    const controller = new AbortController();
    const { signal } = controller;
    const sleeping = codeOf(() => pool.writer().query("SELECT pg_sleep($1)", [600], { signal }));
    while (!(await sessions(direct)).some(({ state }) => state === "active")) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    controller.abort();
    assertEquals(await sleeping, "cancelled");
    while ((await sessions(direct)).some(({ state }) => state === "active")) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assertEquals((await pool.writer().query("SELECT 1 AS one")).rows, [{ one: 1 }]);
  },
);

testWithPgbouncer("withTx() leaves no settings in a shared session of PgBouncer", async () => {
  await using database = await useTestDatabase();
  // One session for all clients.
  await using pgbouncer = await startPgbouncer(database.instance, {
    ini: "pool_mode = transaction\ndefault_pool_size = 1",
  });
  await using pool = openBehindPgbouncer(pgbouncer);
  const settings = `SELECT pg_backend_pid() AS pid, current_setting('transaction_read_only') AS "readOnly",
    current_setting('transaction_isolation') AS isolation, current_setting('lock_timeout') AS lock,
    current_setting('statement_timeout') AS statement, current_setting('transaction_timeout') AS transaction,
    current_setting('TimeZone') AS zone, current_setting('application_name') AS name`;
  const { rows: before } = await pool.writer().query(settings);
  const { rows: [inside] } = await pool.withTimeoutTx(
    5_000,
    (tx) => tx.query<Record<string, string>>(settings),
    {
      isolation: "serializable",
      lockTimeoutMs: 1_000,
      readOnly: true,
    },
  );
  assertEquals([inside?.["readOnly"], inside?.["isolation"], inside?.["lock"]], ["on", "serializable", "1s"]);
  const refused = pool.withTx((tx) => tx.query("CREATE TABLE t ()"), { readOnly: true });
  assertEquals((await assertRejects(() => refused, DatabaseError)).sqlState, "25006");
  await assertRejects(() => pool.withTx((tx) => tx.query("SELECT 1 / 0")), DatabaseError);
  const { rows: after } = await pool.writer().query(settings);
  assertEquals(after, before);
  assertEquals(before[0], { ...before[0], zone: "UTC", name: "archway", statement: "0", transaction: "0" });
});

testWithPgbouncer("withTx() enforces its deadlines through PgBouncer", async () => {
  await using database = await useTestDatabase();
  await using pgbouncer = await startPgbouncer(database.instance, { ini: "pool_mode = transaction" });
  await using pool = openBehindPgbouncer(pgbouncer, { statementTimeoutMs: 100 });
  assertEquals(await codeOf(() => pool.withTx((tx) => tx.query("SELECT pg_sleep(600)"))), "timeout");
  const untimed = { statementTimeoutMs: 0 };
  await using hasty = openBehindPgbouncer(pgbouncer, { ...untimed, transactionTimeoutMs: 100 });
  assertEquals(await codeOf(() => hasty.withTx((tx) => tx.query("SELECT pg_sleep(600)"))), "timeout");
  // Another pool, with time for several round trips.
  await using patient = openBehindPgbouncer(pgbouncer, { ...untimed, transactionTimeoutMs: 30_000 });
  const { rows } = await patient.withTx((tx) =>
    tx.query(`SELECT current_setting('transaction_timeout') <> '0' AS limited`)
  );
  assertEquals(rows, [{ limited: true }]);
});

testWithPgbouncer(
  "query() is limited by the statement_timeout that PgBouncer sets in its sessions",
  async () => {
    await using database = await useTestDatabase();
    const { ini, databaseOptions } = await documentedSettings();
    assertStringIncludes(databaseOptions, "10000");
    await using pgbouncer = await startPgbouncer(database.instance, {
      ini,
      databaseOptions: databaseOptions.replace("10000", "1000"),
    });
    await using pool = openBehindPgbouncer(pgbouncer);
    assertEquals(await codeOf(() => pool.writer().query("SELECT pg_sleep(600)")), "timeout");
  },
);

testWithPgbouncer(
  "migrate() refuses to work through PgBouncer, whether configured or not",
  async () => {
    await using database = await useTestDatabase();
    await using folder = await migrationFolder({
      "1_table.sql": "-- migrate:up\nCREATE TABLE made (id int);\n",
    });
    await using pgbouncer = await startPgbouncer(database.instance, {
      ini: "pool_mode = transaction\nignore_startup_parameters = statement_timeout, transaction_timeout",
    });
    for (const pooler of ["transaction", "none"] as const) {
      await using pool = openBehindPgbouncer(pgbouncer, { pooler });
      const error = await assertRejects(() => pool.migrate(folder.sources), DatabaseError);
      assertStringIncludes(error.message, "a connection pooler responded");
      assertEquals(await pool.pendingMigrations(folder.sources), ["1_table.sql"]);
    }
    await using direct = openPool({ primary: database.instance, replicas: [] });
    assertEquals(await direct.migrate(folder.sources), ["1_table.sql"]);
  },
);
