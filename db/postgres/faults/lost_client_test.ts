import { assertEquals } from "@std/assert";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { type SpawnedProgram, spawnProgram } from "../../embedded/testing/spawn_program.ts";
import type { ConnectionPool } from "../../db.ts";
import { openPool } from "../open_pool.ts";
import type { InstanceConfig } from "../pool_config.ts";

const applicationName = "archway lost client";

/**
 * Starts a process in a transaction that has inserted a row and locked another. It prints its process id and, if it gets
 * that far, the outcome of the transaction.
 */
async function inTransaction(instance: InstanceConfig, timeoutMs: number): Promise<SpawnedProgram> {
  return await spawnProgram(`
    import { openPool } from ${JSON.stringify(import.meta.resolve("../open_pool.ts"))};
    const applicationName = ${JSON.stringify(applicationName)};
    const pool = openPool({ primary: ${JSON.stringify(instance)}, replicas: [], applicationName });
    try {
      await pool.withTimeoutTx(${timeoutMs}, async (tx) => {
        await tx.query("INSERT INTO things VALUES (2)");
        await tx.query("SELECT FROM things WHERE id = 1 FOR UPDATE");
        console.log(Deno.pid);
        await new Promise(() => {});
      });
    } catch (error) {
      console.log(error.code);
    }
    console.log(JSON.stringify((await pool.writer().query("SELECT id FROM things")).rows));
    await pool[Symbol.asyncDispose]();
  `);
}

/** Waits for the row that the lost client has locked. */
async function untilUnlocked(pool: ConnectionPool): Promise<void> {
  await pool.withTx((tx) => tx.query("SELECT FROM things WHERE id = 1 FOR UPDATE"));
}

async function sessions(pool: ConnectionPool): Promise<number> {
  const { rowCount } = await pool.writer().query(
    "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1",
    [applicationName],
  );
  return rowCount;
}

Deno.test("withTx() leaves no row or lock when its process is killed", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [] });
  await pool.writer().query("CREATE TABLE things AS SELECT 1 AS id");
  await using lost = await inTransaction(database.instance, 600_000);
  await lost.line();
  await lost.kill();
  await untilUnlocked(pool);
  assertEquals((await pool.writer().query("SELECT id FROM things")).rows, [{ id: 1 }]);
  while (await sessions(pool) > 0) await new Promise((resolve) => setTimeout(resolve, 10));
});

Deno.test("withTimeoutTx() is ended by the server when its process hangs", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [] });
  await pool.writer().query("CREATE TABLE things AS SELECT 1 AS id");
  // Long enough for the process to print its process id.
  await using frozen = await inTransaction(database.instance, 10_000);
  const pid = Number(await frozen.line());
  Deno.kill(pid, "SIGSTOP");
  await untilUnlocked(pool);
  assertEquals((await pool.writer().query("SELECT id FROM things")).rows, [{ id: 1 }]);
  // The server releases the locks some time before the session ends.
  while (await sessions(pool) > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  // The process notices when it is resumed, and continues.
  Deno.kill(pid, "SIGCONT");
  assertEquals([await frozen.line(), await frozen.line()], ["timeout", '[{"id":1}]']);
  assertEquals(await frozen.ended(), { code: 0, errors: "" });
});
