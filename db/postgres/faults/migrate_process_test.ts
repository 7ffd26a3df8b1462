import { assertEquals, assertRejects } from "@std/assert";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { migrationFolder } from "@archway/tools/support/migration_folder.ts";
import type { ConnectionPool, MigrationSource } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { type SpawnedProgram, spawnProgram } from "../../embedded/testing/spawn_program.ts";
import { openPool } from "../open_pool.ts";
import type { InstanceConfig } from "../pool_config.ts";

/** Sleeps for a duration from a table, so that the same file can be slow and then fast. */
const SLOW = "-- migrate:up\nCREATE TABLE made (id int);\nSELECT pg_sleep(seconds) FROM pace;\n";

/** Starts a process that migrates and prints the names of the applied files. */
function migrator(instance: InstanceConfig, sources: readonly MigrationSource[]): Promise<SpawnedProgram> {
  return spawnProgram(`
    import { openPool } from ${JSON.stringify(import.meta.resolve("../open_pool.ts"))};
    const pool = openPool({ primary: ${JSON.stringify(instance)}, replicas: [] });
    console.log(JSON.stringify(await pool.migrate(${JSON.stringify(sources)})));
    await pool[Symbol.asyncDispose]();
  `);
}

async function setPace(pool: ConnectionPool, seconds: number): Promise<void> {
  await pool.writer().query("CREATE TABLE IF NOT EXISTS pace (seconds float8)");
  await pool.writer().query("DELETE FROM pace");
  await pool.writer().query("INSERT INTO pace VALUES ($1)", [seconds]);
}

async function untilRunning(pool: ConnectionPool, text: string): Promise<void> {
  const sql = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'
    AND strpos(query, $1) > 0 AND pid <> pg_backend_pid()`;
  while ((await pool.writer().query(sql, [text])).rowCount === 0) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

Deno.test("migrate() rolls back a file when its process is killed, and the next process applies it", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [] });
  await using folder = await migrationFolder({ "1_slow.sql": SLOW });
  await setPace(pool, 600);
  await using killed = await migrator(database.instance, folder.sources);
  await untilRunning(pool, "pg_sleep(seconds)");
  await killed.kill();
  await setPace(pool, 0);
  assertEquals(await pool.pendingMigrations(folder.sources), ["1_slow.sql"]);
  // The server still works for the killed client. It notices within a second and releases the lock.
  await using next = await migrator(database.instance, folder.sources);
  assertEquals(await next.line(), '["1_slow.sql"]');
  assertEquals(await next.ended(), { code: 0, errors: "" });
  assertEquals((await pool.writer().query("SELECT FROM made")).rowCount, 0);
});

Deno.test("migrate() applies each file once with two concurrent processes", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [] });
  await using folder = await migrationFolder({
    "1_slow.sql": SLOW,
    "2_more.sql": SLOW.replace("made", "more"),
  });
  await setPace(pool, 0.5);
  const both = await Promise.all([1, 2].map(() => migrator(database.instance, folder.sources)));
  const lines = await Promise.all(both.map((program) => program.line()));
  const endings = await Promise.all(both.map((program) => program.ended()));
  assertEquals(endings, [{ code: 0, errors: "" }, { code: 0, errors: "" }]);
  const applied = lines.flatMap((line): string[] => JSON.parse(line ?? "null"));
  assertEquals(applied.sort(), ["1_slow.sql", "2_more.sql"]);
});

Deno.test("migrate() rejects with unavailable when its server crashes, and applies the file later", async () => {
  await using server = await startPostgres({ durable: true });
  await using pool = openPool({ primary: server.instance, replicas: [] });
  await using folder = await migrationFolder({ "1_slow.sql": SLOW });
  await setPace(pool, 600);
  const running = pool.migrate(folder.sources);
  running.catch(() => undefined);
  await untilRunning(pool, "pg_sleep(seconds)");
  await server.kill();
  assertEquals((await assertRejects(() => running, DatabaseError)).code, "unavailable");
  assertEquals(
    (await assertRejects(() => pool.migrate(folder.sources), DatabaseError)).code,
    "unavailable",
  );
  await server.start();
  await setPace(pool, 0);
  assertEquals(await pool.migrate(folder.sources), ["1_slow.sql"]);
});
