import { assert, assertEquals, assertRejects } from "@std/assert";
import { startPgbouncer } from "@archway/tools/support/postgres/start_pgbouncer.ts";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { startStandby } from "@archway/tools/support/postgres/start_standby.ts";
import { testWithPgbouncer } from "@archway/tools/support/postgres/test_with_pgbouncer.ts";
import { DatabaseError } from "../../errors.ts";
import { documentedSettings, openBehindPgbouncer } from "./testing/behind_pgbouncer.ts";
import { PoolLoad } from "./testing/pool_load.ts";

/** Documented outcomes of calls while servers and poolers restart. */
const DOCUMENTED = ["done", "outcome-unknown", "saturated", "unavailable"];

testWithPgbouncer(
  "openPool() reports outcomes correctly while the server behind PgBouncer restarts",
  async () => {
    await using server = await startPostgres();
    await using pgbouncer = await startPgbouncer(server.instance, await documentedSettings());
    await using pool = openBehindPgbouncer(pgbouncer);
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
  },
);

testWithPgbouncer("openPool() reports outcomes correctly while PgBouncer is killed and started", async () => {
  await using server = await startPostgres();
  await using pgbouncer = await startPgbouncer(server.instance, await documentedSettings());
  await using pool = openBehindPgbouncer(pgbouncer);
  const load = await PoolLoad.start(pool);
  for (let round = 0; round < 10; round++) {
    await load.untilDone(20);
    await pgbouncer.kill();
    assert(await pgbouncer.start());
  }
  await load.untilDone(50);
  const { begun, settled, endings, contradictions } = await load.stop();
  assertEquals([settled, contradictions], [begun, []]);
  assertEquals(Object.keys(endings).filter((ending) => !DOCUMENTED.includes(ending)), []);
});

testWithPgbouncer("reader() reads from a replica behind PgBouncer, which rejects writes", async () => {
  await using server = await startPostgres();
  await using standby = await startStandby(server);
  const settings = await documentedSettings();
  await using toPrimary = await startPgbouncer(server.instance, settings);
  await using toReplica = await startPgbouncer(standby.instance, settings);
  await using pool = openBehindPgbouncer(toPrimary, {
    replicas: [{ ...toReplica.instance, maxConnections: 20 }],
  });
  await pool.writer().query("CREATE TABLE things AS SELECT 1 AS id");
  const after = await pool.position();
  const text = `SELECT id, pg_is_in_recovery() AS "isReplica" FROM things`;
  // Reads from the primary until the replica has reported sufficient progress.
  for (let isReplica = false; !isReplica;) {
    const reads = Array.from(
      { length: 20 },
      () => pool.reader({ after }).query<{ id: number; isReplica: boolean }>(text),
    );
    const rows = (await Promise.all(reads)).map((result) => result.rows[0]);
    assertEquals(new Set(rows.map((row) => row?.id)), new Set([1]));
    isReplica = rows.some((row) => row?.isReplica);
  }
  const error = await assertRejects(() => pool.reader().query("DELETE FROM things"), DatabaseError);
  assertEquals([error.code, error.sqlState], ["internal", "25006"]);
});
