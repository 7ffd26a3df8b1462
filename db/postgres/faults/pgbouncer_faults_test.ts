import { assert, assertEquals, assertRejects } from "@std/assert";
import { startPgbouncer } from "../../../tools/postgres/start_pgbouncer.ts";
import { startPostgres } from "../../../tools/postgres/start_postgres.ts";
import { startStandby } from "../../../tools/postgres/start_standby.ts";
import { testWithPgbouncer } from "../../../tools/postgres/test_with_pgbouncer.ts";
import { DatabaseError } from "../../errors.ts";
import { documentedSettings, openBehind } from "./behind_pgbouncer.ts";
import { PoolLoad } from "./pool_load.ts";

/** What callers may be told while servers and poolers go and come back. */
const DOCUMENTED = ["done", "outcome-unknown", "saturated", "unavailable"];

testWithPgbouncer("openPool() tells the truth while the server behind PgBouncer restarts", async () => {
  await using server = await startPostgres();
  await using pgbouncer = await startPgbouncer(server.instance, await documentedSettings());
  await using pool = openBehind(pgbouncer);
  const load = await PoolLoad.start(pool);
  for (let round = 0; round < 3; round++) {
    await load.untilDone(50);
    await server.stop();
    await server.start();
  }
  await load.untilDone(50);
  const { begun, settled, endings, contradictions } = await load.stop();
  assertEquals([settled, contradictions], [begun, []]);
  assertEquals(Object.keys(endings).filter((ending) => !DOCUMENTED.includes(ending)), []);
});

testWithPgbouncer("openPool() tells the truth while PgBouncer is killed and started", async () => {
  await using server = await startPostgres();
  await using pgbouncer = await startPgbouncer(server.instance, await documentedSettings());
  await using pool = openBehind(pgbouncer);
  const load = await PoolLoad.start(pool);
  for (let round = 0; round < 10; round++) {
    await load.untilDone(20);
    await pgbouncer.kill();
    await pgbouncer.start();
  }
  await load.untilDone(50);
  const { begun, settled, endings, contradictions } = await load.stop();
  assertEquals([settled, contradictions], [begun, []]);
  assertEquals(Object.keys(endings).filter((ending) => !DOCUMENTED.includes(ending)), []);
});

testWithPgbouncer("reader() reads from a replica behind PgBouncer, which refuses what writes", async () => {
  await using server = await startPostgres();
  await using standby = await startStandby(server);
  const settings = await documentedSettings();
  await using toPrimary = await startPgbouncer(server.instance, settings);
  await using toReplica = await startPgbouncer(standby.instance, settings);
  await using pool = openBehind(toPrimary, { replicas: [{ ...toReplica.instance, maxConnections: 20 }] });
  await pool.writer().query("CREATE TABLE things AS SELECT 1 AS id");
  const after = await pool.position();
  while (!(await pool.health()).every(({ healthy }) => healthy)) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const reads = await Promise.all(Array.from({ length: 100 }, async () => {
    const text = `SELECT id, pg_is_in_recovery() AS "isReplica" FROM things`;
    return (await pool.reader({ after }).query<{ id: number; isReplica: boolean }>(text)).rows[0];
  }));
  assert(reads.every((row) => row?.id === 1));
  assert(reads.some((row) => row?.isReplica));
  const error = await assertRejects(() => pool.reader().query("DELETE FROM things"), DatabaseError);
  assertEquals([error.code, error.sqlState], ["internal", "25006"]);
});
