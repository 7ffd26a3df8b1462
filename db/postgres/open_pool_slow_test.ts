import { assert, assertEquals, assertRejects } from "@std/assert";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { DatabaseError } from "../errors.ts";
import { openPool } from "./open_pool.ts";

Deno.test("openPool() ignores the environment", async () => {
  await using database = await useTestDatabase();
  const program = `
    import { openPool } from ${JSON.stringify(import.meta.resolve("./open_pool.ts"))};
    await using pool = openPool({ primary: ${JSON.stringify(database.instance)}, replicas: [] });
    const { rows } = await pool.writer().query(
      "SELECT current_database() AS name, current_setting('TimeZone') AS zone, " +
      "current_setting('application_name') AS application");
    console.log(JSON.stringify(rows[0]));`;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      "--quiet",
      "--ext=ts",
      "--config",
      new URL("../../deno.json", import.meta.url).pathname,
      program,
    ],
    env: {
      PGHOST: "nowhere.invalid",
      PGPORT: "1",
      PGDATABASE: "wrong",
      PGUSER: "wrong",
      PGPASSWORD: "wrong",
      PGSSL: "require",
      PGTARGETSESSIONATTRS: "standby",
      PGAPPNAME: "wrong",
      PGTZ: "Asia/Tokyo",
    },
  });
  const { stdout, stderr } = await child.output();
  assertEquals(new TextDecoder().decode(stderr), "");
  assertEquals(JSON.parse(new TextDecoder().decode(stdout)), {
    name: database.instance.database,
    zone: "UTC",
    application: "archway",
  });
});

Deno.test("openPool() reads from healthy replicas and writes to the primary", async () => {
  await using primary = await useTestDatabase();
  await using first = await useTestDatabase();
  await using second = await useTestDatabase();
  await using pool = openPool({ primary: primary.instance, replicas: [first.instance, second.instance] });
  const nameOf = async (querier = pool.reader()): Promise<string | undefined> =>
    (await querier.query<{ name: string }>("SELECT current_database() AS name")).rows[0]?.name;
  assertEquals(await nameOf(pool.writer()), primary.instance.database);
  assertEquals((await pool.health()).map(({ name, role, healthy }) => [name, role, healthy]), [
    ["primary", "primary", true],
    ["replica_0", "replica", true],
    ["replica_1", "replica", true],
  ]);
  const read = new Set<string | undefined>();
  while (read.size < 2) read.add(await nameOf());
  assertEquals(read, new Set([first.instance.database, second.instance.database]));
});

Deno.test("openPool() does not treat a read-only server as primary", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [database.instance] });
  await pool.writer().query(
    `ALTER DATABASE ${database.instance.database} SET default_transaction_read_only = on`,
  );
  await using restricted = openPool({ primary: database.instance, replicas: [database.instance] });
  const [primary, replica] = await restricted.health();
  assertEquals(primary, {
    name: "primary",
    role: "primary",
    healthy: false,
    reason: "does not accept writes",
  });
  assertEquals(replica?.healthy, true);
  const error = await assertRejects(
    () => restricted.writer().query("CREATE TABLE refused ()"),
    DatabaseError,
  );
  assertEquals([error.code, error.sqlState], ["unavailable", "25006"]);
});

Deno.test("openPool() reports the health of the primary while the pool is saturated", async () => {
  await using database = await useTestDatabase();
  const primary = { ...database.instance, maxConnections: 1 };
  await using pool = openPool({ primary, replicas: [], maxWaiting: 1, acquireTimeoutMs: 60_000 });
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const busy = pool.withTx(async (tx) => {
    await tx.query("SELECT 1");
    begin();
    await over;
  });
  await begun;
  const waiting = pool.withTx((tx) => tx.query("SELECT 1"));
  const refused = await assertRejects(() => pool.withTx((tx) => tx.query("SELECT 1")), DatabaseError);
  assertEquals(refused.code, "saturated");
  assertEquals(await pool.health(), [{ name: "primary", role: "primary", healthy: true }]);
  assertEquals(await pool.pendingMigrations([]), []);
  end();
  await busy;
  assertEquals((await waiting).rowCount, 1);
});

Deno.test("openPool() reports that only its health probe has no connection", async () => {
  await using database = await useTestDatabase();
  await using admin = openPool({ primary: database.instance, replicas: [] });
  const user = `limited_${crypto.randomUUID().replaceAll("-", "")}`;
  await admin.writer().query(`CREATE ROLE ${user} LOGIN CONNECTION LIMIT 1`);
  try {
    const primary = { ...database.instance, user, maxConnections: 1 };
    await using pool = openPool({
      primary,
      replicas: [],
      ...GENEROUS_TIMEOUTS,
      replicaProbeTimeoutMs: 20_000,
    });
    await pool.writer().query("SELECT 1");
    assertEquals(await pool.health(), [{
      name: "primary",
      role: "primary",
      healthy: false,
      isServing: true,
      reason: "no connection left for the health probe",
    }]);
    assertEquals(await pool.pendingMigrations([]), []);
  } finally {
    await admin.writer().query(`DROP ROLE ${user}`);
  }
});

Deno.test("openPool() reports failed authentication and a missing database", async () => {
  await using database = await useTestDatabase();
  for (
    const [change, reason] of [
      [{ database: "nowhere" }, "database does not exist"],
      [{ user: "missing" }, "authentication failed"],
    ] as const
  ) {
    await using pool = openPool({ primary: { ...database.instance, ...change }, replicas: [] });
    assertEquals((await pool.health()).map((health) => health.reason), [reason]);
  }
});

Deno.test("openPool() cancels a statement at its timeout", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [], statementTimeoutMs: 500 });
  const error = await assertRejects(() => pool.writer().query("SELECT pg_sleep(60)"), DatabaseError);
  assertEquals([error.code, error.sqlState], ["timeout", "57014"]);
});

Deno.test("openPool() survives the termination of its connections under load", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [], ...GENEROUS_TIMEOUTS });
  await using admin = openPool({ primary: database.instance, replicas: [], applicationName: "admin" });
  let stopped = false;
  const wrong: unknown[] = [];
  const callers = Array.from({ length: 20 }, async (_, index) => {
    while (!stopped) {
      try {
        const { rows } = index % 2 === 0
          ? await pool.writer().query<{ value: number }>("SELECT $1::int AS value", [index])
          : await pool.withTx(async (tx) => {
            await tx.query("SELECT 1");
            return await tx.query<{ value: number }>("SELECT $1::int AS value", [index]);
          });
        if (rows[0]?.value !== index) wrong.push(rows);
      } catch (error) {
        const isLoss = error instanceof DatabaseError && /^(unavailable|outcome-unknown)$/.test(error.code);
        if (!isLoss) wrong.push(error);
      }
    }
  });
  for (let ended = 0; ended < 40;) {
    const { rowCount } = await admin.writer().query(
      `SELECT pg_terminate_backend(pid) FROM
        (SELECT pid FROM pg_stat_activity WHERE application_name = 'archway' AND datname = current_database()
          ORDER BY random() LIMIT 2) AS victims`,
    );
    ended += rowCount;
  }
  stopped = true;
  await Promise.all(callers);
  assertEquals(wrong, []);
  const values = await Promise.all(Array.from({ length: 20 }, async () => {
    while (true) {
      const responded = await pool.withTx((tx) => tx.query("SELECT 1")).catch(() => undefined);
      if (responded !== undefined) return responded.rowCount;
    }
  }));
  assert(values.every((value) => value === 1));
});

Deno.test("openPool() migrates once when many instances start concurrently", async () => {
  await using database = await useTestDatabase();
  const directory = await Deno.makeTempDir();
  for (let version = 1; version <= 5; version++) {
    await Deno.writeTextFile(
      `${directory}/${version}_table.sql`,
      `-- migrate:up\nCREATE TABLE t${version} ();\n`,
    );
  }
  const applied = await Promise.all(Array.from({ length: 4 }, async () => {
    await using pool = openPool({ primary: database.instance, replicas: [] });
    return await pool.migrate([{ name: "test", directory }]);
  }));
  assertEquals(applied.flat().sort(), [1, 2, 3, 4, 5].map((version) => `${version}_table.sql`));
  await Deno.remove(directory, { recursive: true });
});
