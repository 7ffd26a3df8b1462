import { assertEquals, assertRejects } from "@std/assert";
import { startPostgres } from "@archway/tools/support/postgres/start_postgres.ts";
import { startStandby } from "@archway/tools/support/postgres/start_standby.ts";
import { DatabaseError } from "../../errors.ts";
import { openPool } from "../open_pool.ts";

Deno.test("withTx() rejects with outcome-unknown when the server crashes during COMMIT", async () => {
  await using primary = await startPostgres({ durable: true });
  await using standby = await startStandby(primary, { durable: true });
  await using pool = openPool({ primary: primary.instance, replicas: [] });
  await using admin = openPool({ primary: primary.instance, replicas: [], applicationName: "admin" });
  await pool.writer().query("CREATE TABLE kept (id int)");
  await standby.catchUp(primary);
  await admin.writer().query("ALTER SYSTEM SET synchronous_standby_names = '*'");
  await admin.writer().query("SELECT pg_reload_conf()");
  await standby.pause();
  try {
    const inDoubt = [false, true].map((last) =>
      pool.withTx((tx) => tx.query("INSERT INTO kept VALUES (1)", [], { last }))
    );
    const cancelled = new AbortController();
    const { signal } = cancelled;
    inDoubt.push(
      pool.withTx((tx) => tx.query("INSERT INTO kept VALUES (2)", [], { last: true }), { signal }),
    );
    for (const each of inDoubt) each.catch(() => undefined);
    const waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    while ((await admin.writer().query(waits)).rowCount < inDoubt.length);
    cancelled.abort();
    assertEquals(await codeOf(inDoubt.pop() ?? Promise.resolve()), "outcome-unknown");
    // A transaction that has not reached its COMMIT is certainly rolled back.
    const begun = Promise.withResolvers<void>();
    const undone = pool.withTx(async (tx) => {
      await tx.query("SELECT 1");
      begun.resolve();
      await tx.query("SELECT pg_sleep(60)");
    });
    undone.catch(() => undefined);
    await begun.promise;
    await primary.kill();
    const codes = await Promise.all([...inDoubt, undone].map(codeOf));
    assertEquals(codes, ["outcome-unknown", "outcome-unknown", "unavailable"]);
  } finally {
    await standby.resume();
  }
});

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return (await assertRejects(() => promise, DatabaseError)).code;
}
