import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import postgres from "postgres";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { spawnProgram } from "@archway/db/embedded/testing/spawn_program.ts";
import { startPgbouncer } from "./start_pgbouncer.ts";
import { testWithPgbouncer } from "./test_with_pgbouncer.ts";
import { useTestDatabase } from "./use_test_database.ts";

async function ask(instance: InstanceConfig, statement: string): Promise<readonly unknown[]> {
  const { host, port, user, database } = instance;
  const sql = postgres({ host, port, user, database, max: 1, fetch_types: false, prepare: false });
  try {
    return [...await sql.unsafe(statement)];
  } finally {
    await sql.end();
  }
}

testWithPgbouncer(
  "startPgbouncer() can be killed, restarted and disposed",
  async () => {
    await using database = await useTestDatabase();
    const pgbouncer = await startPgbouncer(database.instance, { ini: "pool_mode = transaction" });
    assertEquals(await ask(pgbouncer.instance, "SELECT 1 AS one"), [{ one: 1 }]);
    await pgbouncer.kill();
    await assertRejects(() => ask(pgbouncer.instance, "SELECT 1"), Error);
    assert(await pgbouncer.start());
    assertEquals(await ask(pgbouncer.instance, "SELECT 1 AS one"), [{ one: 1 }]);
    await pgbouncer[Symbol.asyncDispose]();
    await assertRejects(() => Deno.stat(pgbouncer.instance.host), Deno.errors.NotFound);
  },
);

testWithPgbouncer("startPgbouncer() rejects with the log of PgBouncer if it does not start", async () => {
  await using database = await useTestDatabase();
  const error = await assertRejects(
    () => startPgbouncer(database.instance, { ini: "pool_mode = none" }),
    Error,
  );
  assertStringIncludes(error.message, "pool_mode");
});

testWithPgbouncer("startPgbouncer() stops PgBouncer with the process that started it", async () => {
  await using database = await useTestDatabase();
  await using program = await spawnProgram(`
    import { startPgbouncer } from ${JSON.stringify(import.meta.resolve("./start_pgbouncer.ts"))};
    const { instance } = await startPgbouncer(${JSON.stringify(database.instance)});
    console.log(instance.host);
    await new Promise((resolve) => setTimeout(resolve, 600_000));
  `);
  const folder = await program.line() ?? "";
  const pid = Number(await Deno.readTextFile(`${folder}/pid`));
  await program.kill();
  while (await isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
  await Deno.remove(folder, { recursive: true });
});

async function isRunning(pid: number): Promise<boolean> {
  return (await new Deno.Command("ps", { args: ["-p", String(pid)] }).output()).success;
}
