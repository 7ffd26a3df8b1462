import { assertEquals } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { PostgresServer } from "./postgres_server.ts";
import { startPostgres } from "./start_postgres.ts";
import { startStandby } from "./start_standby.ts";

Deno.test("startStandby() follows its primary, can pause replay, be killed and be promoted", async () => {
  await using primary = await startPostgres();
  await run(primary, "CREATE TABLE followed AS SELECT 1 AS value");
  await using standby = await startStandby(primary);
  await standby.catchUp(primary);
  assertEquals(await run(standby, "SELECT * FROM followed"), 1);
  // Its own slots are those of standbys of its own.
  assertEquals(await run(standby, "SELECT FROM pg_replication_slots"), 0);

  await standby.pauseReplay();
  await run(primary, "INSERT INTO followed VALUES (2)");
  assertEquals(await run(standby, "SELECT * FROM followed"), 1);
  await standby.resumeReplay();
  await standby.catchUp(primary);
  assertEquals(await run(standby, "SELECT * FROM followed"), 2);

  await standby.kill();
  await run(primary, "INSERT INTO followed VALUES (3)");
  await standby.start();
  await standby.catchUp(primary);
  assertEquals(await run(standby, "SELECT * FROM followed"), 3);

  await standby.promote();
  await run(standby, "INSERT INTO followed VALUES (4)");
  assertEquals(await run(standby, "SELECT * FROM followed"), 4);
});

Deno.test("PostgresServer.pause() stops responses until resume()", async () => {
  await using server = await startPostgres();
  await using pool = openPool({ primary: server.instance, replicas: [] });
  await pool.writer().query("SELECT 1");
  await server.pause();
  let responded = false;
  const response = pool.writer().query("SELECT 1").then(() => responded = true);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assertEquals(responded, false);
  await server.resume();
  assertEquals(await response, true);
});

async function run(server: PostgresServer, statement: string): Promise<number> {
  await using pool = openPool({ primary: server.instance, replicas: [] });
  return (await pool.writer().query(statement)).rowCount;
}
