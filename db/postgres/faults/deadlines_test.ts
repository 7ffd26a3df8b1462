import { assertEquals, assertRejects } from "@std/assert";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import type { Transaction } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { openPool } from "../open_pool.ts";
import { untilNothingLeaks } from "./testing/until_nothing_leaks.ts";

const applicationName = "archway timeouts";

/** Writes a row, then exceeds every deadline. */
async function dawdle(tx: Transaction): Promise<void> {
  await tx.query("INSERT INTO things VALUES (1)");
  await tx.query("SELECT pg_sleep(600)");
}

Deno.test("openPool() rolls back at every deadline and leaks no connection", async () => {
  await using database = await useTestDatabase();
  const primary = { ...database.instance, maxConnections: 4 };
  await using pool = openPool({ primary, replicas: [], applicationName, statementTimeoutMs: 2_000 });
  await using observer = openPool({ primary: database.instance, replicas: [] });
  await pool.writer().query("CREATE TABLE things (id int)");
  const slow = "WITH slow AS (SELECT pg_sleep(600)) INSERT INTO things SELECT 2 FROM slow";
  const works: readonly (() => Promise<unknown>)[] = [
    () => pool.writer().query(slow),
    () => pool.withTx(dawdle),
    () => pool.withTimeoutTx(100, dawdle),
    // The function itself is slow instead of a statement.
    () =>
      pool.withTimeoutTx(100, async (tx) => {
        await tx.query("INSERT INTO things VALUES (3)");
        await new Promise(() => {});
      }),
  ];
  for (let round = 0; round < 3; round++) {
    const errors = await Promise.all(works.map((work) => assertRejects(work, DatabaseError)));
    assertEquals(errors.map(({ code }) => code), works.map(() => "timeout"));
  }
  await pool.withTx(async (tx) => {
    await tx.query("LOCK TABLE things");
    const waits = (): Promise<unknown> =>
      observer.withTx((other) => other.query("INSERT INTO things VALUES (4)"), { lockTimeoutMs: 50 });
    assertEquals((await assertRejects(waits, DatabaseError)).code, "timeout");
  });
  assertEquals((await pool.writer().query("SELECT FROM things")).rowCount, 0);
  await untilNothingLeaks({ pool, observer, applicationName });
});
