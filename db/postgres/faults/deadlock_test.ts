import { assertEquals } from "@std/assert";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import type { ConnectionPool, Transaction, TxOptions } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { openPool } from "../open_pool.ts";
import { untilNothingLeaks } from "./testing/until_nothing_leaks.ts";

const applicationName = "archway in a deadlock";

/** Runs two transactions that lock two rows in opposite order, and returns their outcomes. */
async function meet(pool: ConnectionPool, options: TxOptions): Promise<readonly string[]> {
  const firsts = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const both = Promise.all(firsts.map(({ promise }) => promise));
  const add = (tx: Transaction, id: number): Promise<unknown> =>
    tx.query("UPDATE counters SET n = n + 1 WHERE id = $1", [id]);
  const endings = [[1, 2], [2, 1]].map(async ([first = 0, second = 0], index) => {
    try {
      await pool.withTx(async (tx) => {
        await add(tx, first);
        firsts[index]?.resolve();
        await both;
        await add(tx, second);
      }, options);
      return "done";
    } catch (error) {
      return error instanceof DatabaseError ? error.code : String(error);
    }
  });
  return (await Promise.all(endings)).sort();
}

for (const repeatable of [false, true]) {
  const what = repeatable ? "completes both if they are repeatable" : "rolls back one of them";
  Deno.test(`withTx() in a deadlock ${what}`, async () => {
    await using database = await useTestDatabase();
    await using pool = openPool({ primary: database.instance, replicas: [], applicationName });
    await using observer = openPool({ primary: database.instance, replicas: [] });
    await pool.writer().query("CREATE TABLE counters AS SELECT id, 0 AS n FROM generate_series(1, 2) AS id");
    const endings = await meet(pool, { repeatable });
    assertEquals(endings, repeatable ? ["done", "done"] : ["conflict", "done"]);
    const { rows } = await pool.writer().query<{ n: number }>("SELECT n FROM counters");
    assertEquals(rows.map(({ n }) => n), repeatable ? [2, 2] : [1, 1]);
    await untilNothingLeaks({ pool, observer, applicationName });
  });
}
