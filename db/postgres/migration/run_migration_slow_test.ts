import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { useEmbeddedDatabase } from "@archway/tools/support/embedded/use_embedded_database.ts";
import { migrationFolder } from "@archway/tools/support/migration_folder.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import type { ConnectionPool, MigrationObserver } from "../../db.ts";
import { DatabaseError, MigrationError } from "../../errors.ts";
import { openPool } from "../open_pool.ts";
import type { PoolConfig } from "../pool_config.ts";

const databases = { PostgreSQL: useTestDatabase, "the embedded database": useEmbeddedDatabase };

async function withDatabase(
  run: (pool: ConnectionPool) => Promise<void>,
  options: Partial<PoolConfig> = {},
): Promise<void> {
  await using database = await useTestDatabase();
  await using pool = openPool({ ...options, primary: database.instance, replicas: [] });
  await run(pool);
}

async function tables(pool: ConnectionPool): Promise<readonly string[]> {
  const { rows } = await pool.writer().query<{ name: string }>(
    `SELECT schemaname || '.' || tablename AS name FROM pg_tables
      WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tablename !~ 'migration' ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

for (const [name, open] of Object.entries(databases)) {
  Deno.test(`migrate() runs each file with the settings of a new session, on ${name}`, async () => {
    await using database = await open();
    await using pool = openPool({ primary: database.instance, replicas: [] });
    await using folder = await migrationFolder({
      "1_leaves.sql": `-- migrate:up
        CREATE SCHEMA elsewhere; GRANT ALL ON SCHEMA elsewhere TO pg_monitor;
        SET search_path = elsewhere; SET row_security = off; SET bytea_output = escape; SET ROLE pg_monitor;
        CREATE TABLE first (id int); CREATE TEMP TABLE second (id int);
-- migrate:down
        SET search_path = elsewhere; DROP TABLE first;`,
      "2_leaves.sql": "-- migrate:up transaction:false\nSET search_path = elsewhere, public;\n" +
        "-- migrate:down transaction:false\nSET search_path = elsewhere;",
      "3_second.sql":
        "-- migrate:up\nCREATE TABLE second AS SELECT current_setting('bytea_output') AS format;\n" +
        "-- migrate:down\nSET search_path = elsewhere; DROP TABLE public.second;",
    });
    assertEquals(await pool.migrate(folder.sources), ["1_leaves.sql", "2_leaves.sql", "3_second.sql"]);
    assertEquals(await tables(pool), ["elsewhere.first", "public.second"]);
    assertEquals((await pool.writer().query("SELECT format FROM second")).rows, [{ format: "hex" }]);
    const { rows } = await pool.writer().query("SELECT current_schema() AS name");
    assertEquals(rows, [{ name: "public" }]);
    assertEquals((await pool.migrationStatus(folder.sources)).map(({ state }) => state), [
      "applied",
      "applied",
      "applied",
    ]);
    assertEquals(await pool.revertMigrations(folder.sources, 3), [
      "3_second.sql",
      "2_leaves.sql",
      "1_leaves.sql",
    ]);
    assertEquals((await pool.pendingMigrations(folder.sources)).length, 3);
  });

  Deno.test(`migrate() refuses a pending file that ends its transaction, on ${name}`, async () => {
    await using database = await open();
    await using pool = openPool({ primary: database.instance, replicas: [] });
    const half = "CREATE TABLE half (id int);\nCOMMIT;\nSELECT nothing FROM nowhere;\n";
    await using folder = await migrationFolder({
      "1_first.sql": "-- migrate:up\nCREATE TABLE first (id int);\n-- migrate:down\nROLLBACK;",
      "2_half.sql": `-- migrate:up\n${half}`,
    });
    for (const run of [() => pool.migrate(folder.sources), () => pool.planMigrations(folder.sources)]) {
      const { message } = await assertRejects<Error>(run, MigrationError);
      assertStringIncludes(message, "Migration 2_half.sql of test has COMMIT at line 3, but ");
    }
    assertEquals(await tables(pool), []);
    // Outside of a transaction it may: it is recorded when all of it has succeeded.
    await folder.write("2_half.sql", `-- migrate:up transaction:false\nBEGIN;\n${half}`);
    const notices: string[] = [];
    await assertRejects(
      () => pool.migrate(folder.sources, { onNotice: ({ text }) => notices.push(text) }),
      DatabaseError,
      'relation "nowhere" does not exist',
    );
    assertEquals(notices, []);
    assertEquals(await tables(pool), ["public.first", "public.half"]);
    assertEquals(await pool.pendingMigrations(folder.sources), ["2_half.sql"]);
    await assertRejects(
      () => pool.revertMigrations(folder.sources, 1),
      MigrationError,
      "Migration 1_first.sql of test has ROLLBACK at line 4, but ",
    );
  });

  Deno.test(`migrate() reports notices and the texts of RAISE and constraints, on ${name}`, async () => {
    await using database = await open();
    await using pool = openPool({ primary: database.instance, replicas: [] });
    const notices: string[] = [];
    const observer: MigrationObserver = {
      onNotice: ({ fileName, severity, text }) => notices.push(`${fileName}: ${severity}: ${text}`),
    };
    await using folder = await migrationFolder({
      "1_notice.sql": `-- migrate:up
        DO $$ BEGIN RAISE NOTICE 'filled % rows', 3; RAISE WARNING E'slow\\nnow'; END $$;
        CREATE TABLE IF NOT EXISTS t (id int);
        CREATE TABLE IF NOT EXISTS t (id int);
        INSERT INTO t VALUES (1), (1);`,
    });
    await pool.migrate(folder.sources, observer);
    assertEquals(notices, [
      "1_notice.sql: NOTICE: filled 3 rows",
      "1_notice.sql: WARNING: slow now",
      '1_notice.sql: NOTICE: relation "t" already exists, skipping',
    ]);
    const failures = {
      "DO $$ BEGIN RAISE EXCEPTION 'run the backfill first' USING HINT = 'see the runbook'; END $$;":
        "run the backfill first (P0001); hint: see the runbook",
      "DO $$ BEGIN RAISE EXCEPTION 'not yet' USING ERRCODE = '22023'; END $$;": "not yet (22023)",
      "DO $$ BEGIN ASSERT false, 'rows are left'; END $$;": "rows are left (P0004)",
      "CREATE UNIQUE INDEX t_id_key ON t (id);": 'could not create unique index "t_id_key" (23505)',
      "ALTER TABLE t ADD CONSTRAINT t_id_high CHECK (id > 5);":
        'check constraint "t_id_high" of relation "t" is violated by some row (23514)',
      "ALTER TABLE t ADD CONSTRAINT t_id_fkey FOREIGN KEY (id) REFERENCES u;":
        'insert or update on table "t" violates foreign key constraint "t_id_fkey" (23503)',
      "INSERT INTO u VALUES (NULL);":
        'null value in column "id" of relation "u" violates not-null constraint (23502)',
    };
    await pool.writer().query("CREATE TABLE u (id int PRIMARY KEY)");
    for (const [sql, expected] of Object.entries(failures)) {
      await folder.write("2_fails.sql", `-- migrate:up\n${sql}\n`);
      const { message, cause } = await assertRejects(() => pool.migrate(folder.sources), DatabaseError);
      assertMatch(message, /^Migration 2_fails\.sql of test failed: /);
      assertStringIncludes(message, expected);
      assertEquals(cause instanceof Error && message.endsWith(cause.message), true);
      assertEquals(message.includes("Key ("), false);
    }
  });
}

Deno.test("migrate() gives up a lock soon, reports its holder, and applies the file once it is free", async () => {
  await withDatabase(async (pool) => {
    await pool.writer().query("CREATE TABLE busy (id int)");
    await using folder = await migrationFolder({
      "1_alter.sql": "-- migrate:up\nCREATE TABLE other (id int);\nALTER TABLE busy ADD COLUMN name text;\n",
    });
    const waits: string[] = [];
    const [locked, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holder = pool.withTx(async (tx) => {
      await tx.query("SELECT FROM busy");
      locked.resolve();
      await release.promise;
    });
    await locked.promise;
    const applied = await pool.migrate(folder.sources, {
      onWait: (reason) => {
        waits.push(reason);
        if (waits.length === 2) release.resolve();
      },
    });
    await holder;
    assertEquals(applied, ["1_alter.sql"]);
    assertEquals(waits.length, 2);
    const heldBy = "held by process \\d+ \\(archway, role \\S+, idle in transaction for \\d+ s\\)";
    const [first = "", second = ""] = waits;
    // Usually the first attempt ends before the holder is looked for. Otherwise its report names the holder, too.
    const [attempts, holders] = first.endsWith(" attempts") ? [first, second] : [second, first];
    const known = attempts === first ? "" : `, ${heldBy}`;
    assertMatch(attempts, new RegExp(`^a lock in 1_alter\\.sql${known}; up to 30 attempts$`));
    assertMatch(holders, new RegExp(`^a lock in 1_alter\\.sql, ${heldBy}$`));
  }, { migrationLockTimeoutMs: 700 });
});

Deno.test("migrate() fails after the last attempt to get a lock, and names its holder", async () => {
  await withDatabase(async (pool) => {
    await pool.writer().query("CREATE TABLE busy (id int)");
    await using folder = await migrationFolder({ "1_alter.sql": "-- migrate:up\nDROP TABLE busy;\n" });
    const { message, code } = await pool.withTx(async (tx) => {
      await tx.query("SELECT FROM busy");
      return await assertRejects(() => pool.migrate(folder.sources), DatabaseError);
    });
    assertEquals(code, "timeout");
    assertMatch(
      message,
      /^Migration 1_alter\.sql of test failed after 2 attempts, held by process \d+ \([^)]+\): .*lock timeout \(55P03\)$/,
    );
    assertEquals(await pool.pendingMigrations(folder.sources), ["1_alter.sql"]);
    // Long enough to look for the holder in each attempt.
  }, { migrationLockTimeoutMs: 2_500, migrationLockAttempts: 2 });
});

Deno.test("migrate() reports what transaction:false waits for, without a timeout", async () => {
  await withDatabase(async (pool) => {
    await pool.writer().query("CREATE TABLE busy (id int)");
    await using folder = await migrationFolder({
      "1_index.sql": "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY busy_id ON busy (id);\n",
    });
    const waiting = Promise.withResolvers<string>();
    const migrated = pool.withTx(async (tx) => {
      await tx.query("INSERT INTO busy VALUES (1)");
      const running = pool.migrate(folder.sources, { onWait: waiting.resolve });
      running.catch(waiting.reject);
      assertMatch(await waiting.promise, /^a lock in 1_index\.sql, held by process \d+ \(archway, /);
      return { running };
    });
    assertEquals(await (await migrated).running, ["1_index.sql"]);
  }, { migrationLockTimeoutMs: 1 });
});

Deno.test("migrate() reports the process whose migrations it waits for", async () => {
  await withDatabase(async (pool) => {
    await pool.writer().query("CREATE TABLE busy (id int)");
    await using folder = await migrationFolder({ "1_alter.sql": "-- migrate:up\nDROP TABLE busy;\n" });
    const waiting = Promise.withResolvers<string>();
    const { first, second } = await pool.withTx(async (tx) => {
      await tx.query("SELECT FROM busy");
      const started = Promise.withResolvers<unknown>();
      const first = pool.migrate(folder.sources, { onWait: started.resolve });
      await Promise.race([started.promise, first]);
      const second = pool.migrate(folder.sources, { onWait: waiting.resolve });
      assertMatch(
        await waiting.promise,
        /^the migrations of another program: process \d+ \(archway, role \S+, \w[^)]* for \d+ s\)$/,
      );
      return { first, second };
    });
    assertEquals([await first, await second], [["1_alter.sql"], []]);
  }, { migrationLockTimeoutMs: 10 });
});
