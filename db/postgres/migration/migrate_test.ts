import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { migrationFolder } from "@archway/tools/support/migration_folder.ts";
import type { ConnectionPool } from "../../db.ts";
import { DatabaseError, MigrationError } from "../../errors.ts";
import { openPool } from "../open_pool.ts";

const FIRST = "-- migrate:up\nCREATE TABLE first (id int);\n\n-- migrate:down\nDROP TABLE first;\n";
const SECOND = "-- migrate:up\nCREATE TABLE second (id int);\n\n-- migrate:down\nDROP TABLE second;\n";

async function withDatabase(run: (pool: ConnectionPool) => Promise<void>): Promise<void> {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [] });
  await run(pool);
}

async function tables(pool: ConnectionPool): Promise<readonly string[]> {
  const { rows } = await pool.writer().query<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
  );
  return rows.map(({ name }) => name).filter((name) => !/migration/.test(name));
}

async function count(pool: ConnectionPool, sql: string): Promise<number> {
  return (await pool.writer().query(sql)).rowCount;
}

/** Waits for the server process that runs a statement with such a text. */
async function pidOf(pool: ConnectionPool, text: string, state = "active"): Promise<number> {
  while (true) {
    const { rows } = await pool.writer().query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND state = $2 AND strpos(query, $1) > 0
        AND pid <> pg_backend_pid()`,
      [text, state],
    );
    if (rows[0] !== undefined) return rows[0].pid;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

Deno.test("revertMigrations() reverts the requested number of migrations, newest first", async () => {
  await withDatabase(async (pool) => {
    await using folder = await migrationFolder({ "1_first.sql": FIRST, "2_second.sql": SECOND });
    await pool.migrate(folder.sources);
    assertEquals(await pool.revertMigrations(folder.sources, 1), ["2_second.sql"]);
    assertEquals(await tables(pool), ["first"]);
    await pool.migrate(folder.sources);
    assertEquals(await pool.revertMigrations(folder.sources, 9), ["2_second.sql", "1_first.sql"]);
    assertEquals(await tables(pool), []);
    assertEquals(await pool.revertMigrations(folder.sources, 1), []);
    assertEquals(await count(pool, "SELECT FROM archway_migration_checksums"), 0);
  });
});

Deno.test("revertMigrations() reverts nothing when a file has no down part", async () => {
  await withDatabase(async (pool) => {
    await using folder = await migrationFolder({ "1_first.sql": "-- migrate:up\nCREATE TABLE first ();\n" });
    await folder.write("2_second.sql", SECOND);
    await pool.migrate(folder.sources);
    const runs: readonly (() => Promise<unknown>)[] = [
      () => pool.revertMigrations(folder.sources, 2),
      () => pool.planMigrations(folder.sources, { revert: 2 }),
    ];
    for (const run of runs) {
      const { message } = await assertRejects(run, MigrationError);
      assertEquals(message, "Migration 1_first.sql of test has no down part");
    }
    assertEquals(await tables(pool), ["first", "second"]);
  });
});

Deno.test("migrate() names the applied file that has changed and applies nothing", async () => {
  await withDatabase(async (pool) => {
    await using folder = await migrationFolder({ "1_first.sql": FIRST });
    await pool.migrate(folder.sources);
    await folder.write("2_second.sql", SECOND);
    await folder.write("1_first.sql", FIRST.replaceAll("\n", "\r\n"));
    assertEquals((await pool.migrationStatus(folder.sources))[0]?.state, "applied");
    await folder.write("1_first.sql", FIRST.replace("id int", "id bigint"));
    const { message } = await assertRejects(() => pool.migrate(folder.sources), MigrationError);
    assertStringIncludes(message, "1_first.sql of test has changed");
    await assertRejects(() => pool.planMigrations(folder.sources), MigrationError);
    await assertRejects(() => pool.revertMigrations(folder.sources, 1), MigrationError);
    assertEquals((await pool.migrationStatus(folder.sources)).map(({ state }) => state), [
      "changed",
      "pending",
    ]);
    assertEquals(await tables(pool), ["first"]);
  });
});

Deno.test("migrate() records the checksum of a migration that another program has applied", async () => {
  await withDatabase(async (pool) => {
    await using folder = await migrationFolder({ "1_first.sql": FIRST });
    await pool.writer().query("CREATE TABLE schema_migrations (version varchar PRIMARY KEY)");
    await pool.writer().query("INSERT INTO schema_migrations VALUES ('1')");
    assertEquals(await pool.migrate(folder.sources), []);
    assertEquals(await count(pool, "SELECT FROM archway_migration_checksums WHERE version = '1'"), 1);
    await folder.write("1_first.sql", SECOND);
    await assertRejects(() => pool.migrate(folder.sources), MigrationError);
  });
});

Deno.test("migrationStatus() reports missing files and out-of-order migrations", async () => {
  await withDatabase(async (pool) => {
    await using folder = await migrationFolder({ "2_second.sql": SECOND, "3_third.sql": FIRST });
    await pool.migrate(folder.sources);
    await Deno.remove(`${folder.path}/3_third.sql`);
    await folder.write("1_late.sql", SECOND.replaceAll("second", "late"));
    await folder.write("4_new.sql", SECOND.replaceAll("second", "new"));
    assertEquals((await pool.migrationStatus(folder.sources)).map(({ version, state }) => [version, state]), [
      ["1", "out-of-order"],
      ["2", "applied"],
      ["3", "missing"],
      ["4", "pending"],
    ]);
    assertEquals(await pool.migrate(folder.sources), ["1_late.sql", "4_new.sql"]);
    // No newer migration lacks its file.
    assertEquals(await pool.revertMigrations(folder.sources, 1), ["4_new.sql"]);
  });
});

Deno.test("revertMigrations() reverts nothing older than an applied migration without a file", async () => {
  await withDatabase(async (pool) => {
    const files = {
      "1_first.sql": FIRST,
      "2_second.sql": SECOND,
      "3_third.sql": SECOND,
      "4_fourth.sql": SECOND,
    };
    const texts = Object.entries(files).map(([name, text], index) =>
      [name, text.replaceAll("second", `table_${index}`)] as const
    );
    await using folder = await migrationFolder(Object.fromEntries(texts));
    await pool.migrate(folder.sources);
    await Deno.remove(`${folder.path}/4_fourth.sql`);
    const refuses = async (count: number, versions: string): Promise<void> => {
      const runs: readonly (() => Promise<unknown>)[] = [
        () => pool.revertMigrations(folder.sources, count),
        () => pool.planMigrations(folder.sources, { revert: count }),
      ];
      for (const run of runs) {
        const { message } = await assertRejects(run, MigrationError);
        assertEquals(
          message,
          `The database has the applied ${versions} without a file here, and older ones cannot be reverted ` +
            "first: run this with the version of the program that has the file",
        );
      }
      assertEquals(await tables(pool), ["first", "table_1", "table_2", "table_3"]);
    };
    await refuses(1, "migration 4");
    await Deno.remove(`${folder.path}/3_third.sql`);
    await refuses(2, "migrations 3, 4");
    await Deno.remove(`${folder.path}/1_first.sql`);
    await Deno.remove(`${folder.path}/2_second.sql`);
    await refuses(9, "migrations 1, 2, 3, 4");
    assertEquals(
      (await pool.migrationStatus(folder.sources)).map(({ state }) => state),
      Array(4).fill("missing"),
    );
    assertEquals(await pool.migrate(folder.sources), []);
  });
});

Deno.test("revertMigrations() ignores older migrations without a file", async () => {
  await withDatabase(async (pool) => {
    await using folder = await migrationFolder({ "1_first.sql": FIRST, "2_second.sql": SECOND });
    await pool.migrate(folder.sources);
    await Deno.remove(`${folder.path}/1_first.sql`);
    assertEquals((await pool.planMigrations(folder.sources, { revert: 1 })).map(({ fileName }) => fileName), [
      "2_second.sql",
    ]);
    await assertRejects(
      () => pool.revertMigrations(folder.sources, 2),
      MigrationError,
      "has the applied migration 1",
    );
    assertEquals(await pool.revertMigrations(folder.sources, 1), ["2_second.sql"]);
    await assertRejects(
      () => pool.revertMigrations(folder.sources, 1),
      MigrationError,
      "has the applied migration 1",
    );
  });
});

Deno.test("migrate() runs transaction:false outside of a transaction", async () => {
  await withDatabase(async (pool) => {
    await using folder = await migrationFolder({
      "1_first.sql": FIRST,
      "2_index.sql":
        "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY first_id ON first (id);\n\n" +
        "-- migrate:down transaction:false\nDROP INDEX CONCURRENTLY first_id;\n",
    });
    assertEquals((await pool.planMigrations(folder.sources)).map((step) => step.inTransaction), [
      true,
      false,
    ]);
    assertEquals(await pool.migrate(folder.sources), ["1_first.sql", "2_index.sql"]);
    assertEquals(await count(pool, "SELECT FROM pg_indexes WHERE indexname = 'first_id'"), 1);
    assertEquals(await pool.revertMigrations(folder.sources, 1), ["2_index.sql"]);
    assertEquals(await count(pool, "SELECT FROM pg_indexes WHERE indexname = 'first_id'"), 0);
  });
});

Deno.test("migrate() leaves a transaction:false file pending when its connection is lost, for the next run", async () => {
  await withDatabase(async (pool) => {
    await using folder = await migrationFolder({
      "1_slow.sql": "-- migrate:up transaction:false\nSELECT pg_sleep(600);\n",
    });
    const running = pool.migrate(folder.sources);
    running.catch(() => undefined);
    const pid = await pidOf(pool, "pg_sleep(600)");
    await pool.writer().query("SELECT pg_terminate_backend($1)", [pid]);
    assertEquals((await assertRejects(() => running, DatabaseError)).code, "unavailable");
    assertEquals(await pool.pendingMigrations(folder.sources), ["1_slow.sql"]);
    await folder.write("1_slow.sql", "-- migrate:up transaction:false\nSELECT 1;\n");
    assertEquals(await pool.migrate(folder.sources), ["1_slow.sql"]);
  });
});

Deno.test("migrate() rejects with unavailable when its connection is lost, and rolls back the file", async () => {
  await withDatabase(async (pool) => {
    await using folder = await migrationFolder({
      "1_first.sql": FIRST,
      "2_slow.sql": "-- migrate:up\nCREATE TABLE half (id int);\nSELECT pg_sleep(600);\n",
    });
    const running = pool.migrate(folder.sources);
    running.catch(() => undefined);
    await pool.writer().query("SELECT pg_terminate_backend($1)", [await pidOf(pool, "pg_sleep(600)")]);
    const { code, message } = await assertRejects(() => running, DatabaseError);
    assertEquals(code, "unavailable");
    assertMatch(message, /^Migration 2_slow\.sql of test failed: The database cannot be reached/);
    assertEquals(await tables(pool), ["first"]);
    await folder.write("2_slow.sql", SECOND);
    assertEquals(await pool.migrate(folder.sources), ["2_slow.sql"]);
  });
});

Deno.test("migrate() rejects with unavailable when its connection is lost while it waits for the lock", async () => {
  await withDatabase(async (pool) => {
    await using folder = await migrationFolder({ "1_slow.sql": "-- migrate:up\nSELECT pg_sleep(600);\n" });
    const first = pool.migrate(folder.sources);
    first.catch(() => undefined);
    const working = await pidOf(pool, "pg_sleep(600)");
    const second = pool.migrate(folder.sources);
    second.catch(() => undefined);
    // It polls for the lock and is idle in between.
    const waiting = await pidOf(pool, "pg_try_advisory_lock", "idle");
    await pool.writer().query("SELECT pg_terminate_backend($1)", [waiting]);
    assertEquals((await assertRejects(() => second, DatabaseError)).code, "unavailable");
    await pool.writer().query("SELECT pg_terminate_backend($1)", [working]);
    assertEquals((await assertRejects(() => first, DatabaseError)).code, "unavailable");
  });
});

Deno.test("migrate() reports the line of an error", async () => {
  await withDatabase(async (pool) => {
    await using folder = await migrationFolder({
      "1_first.sql": "-- migrate:up\n\nCREATE TABLE first (id int);\nSELECT '😀' FROM\n  nowhere;\n",
    });
    const { message, sqlState } = await assertRejects(() => pool.migrate(folder.sources), DatabaseError);
    assertStringIncludes(message, "Migration 1_first.sql of test failed at line 5: ");
    assertStringIncludes(message, 'relation "nowhere" does not exist');
    assertEquals(sqlState, "42P01");
    assertEquals(await tables(pool), []);
  });
});
