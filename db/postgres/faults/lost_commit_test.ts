import { assertEquals, assertRejects } from "@std/assert";
import { FaultProxy } from "@archway/tools/support/postgres/fault_proxy.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import type { Transaction } from "../../db.ts";
import { DatabaseError } from "../../errors.ts";
import { openPool } from "../open_pool.ts";
import { DRIVERS } from "../pool_config.ts";

const works: Readonly<Record<string, (tx: Transaction) => Promise<unknown>>> = {
  "with the last of two": async (tx) => {
    await tx.query("INSERT INTO things VALUES (1)");
    await tx.query("INSERT INTO things VALUES (2)", [], { last: true });
  },
  "with the only statement": (tx) =>
    tx.query("INSERT INTO things VALUES (1), (2)", [], { last: true, signal: new AbortController().signal }),
  "with an error that the function handles": async (tx) => {
    await tx.query("INSERT INTO things VALUES (1), (2)", [], { last: true }).catch(() => undefined);
  },
  "alone": (tx) => tx.query("INSERT INTO things VALUES (1), (2)"),
};

/** Texts at which the connection is lost, and the number of rows by then. */
const losses = [
  { cut: { text: "COMMIT\0", times: 1 }, rows: 0 },
  { cut: { text: "COMMIT\0", times: 1, response: "COMMIT\0" }, rows: 2 },
];

for (const driver of DRIVERS) {
  for (const { cut, rows } of losses) {
    const when = rows === 0 ? "before the server has seen it" : "before its response";
    Deno.test(`withTx() rejects with outcome-unknown when COMMIT is lost ${when}, with ${driver}`, async (test) => {
      await using database = await useTestDatabase();
      await using direct = openPool({ primary: { ...database.instance, driver }, replicas: [] });
      await direct.writer().query("CREATE TABLE things (id int)");
      for (const [how, run] of Object.entries(works)) {
        await test.step(`sent ${how}`, async () => {
          await direct.writer().query("TRUNCATE things");
          const host = await Deno.makeTempDir({ prefix: "archway_test_" });
          const instance = { ...database.instance, driver, host, port: 5432, maxConnections: 1 };
          await using proxy = new FaultProxy(instance, database.instance, cut);
          await using pool = openPool({ primary: instance, replicas: [] });
          const error = await assertRejects(() => pool.withTx(run, { repeatable: true }), DatabaseError);
          assertEquals([error.code, proxy.left], ["outcome-unknown", 0]);
          // The next transaction has a connection of its own.
          assertEquals(await pool.withTx((tx) => tx.query("SELECT", [], { last: true })), {
            rows: [{}],
            rowCount: 1,
          });
          const kept = "SELECT FROM things";
          assertEquals((await direct.writer().query(kept)).rowCount, rows);
        });
      }
    });
  }

  Deno.test(`withTx() rejects with the error of a statement when COMMIT behind it is lost, with ${driver}`, async () => {
    await using database = await useTestDatabase();
    await using direct = openPool({ primary: { ...database.instance, driver }, replicas: [] });
    await direct.writer().query("CREATE TABLE things (id int PRIMARY KEY)");
    const host = await Deno.makeTempDir({ prefix: "archway_test_" });
    const instance = { ...database.instance, driver, host, port: 5432, maxConnections: 1 };
    // The response to COMMIT, which the server turns into ROLLBACK.
    const cut = { text: "COMMIT\0", times: 1, response: "ROLLBACK\0" };
    await using stack = new AsyncDisposableStack();
    stack.use(new FaultProxy(instance, database.instance, cut));
    const pool = stack.use(openPool({ primary: instance, replicas: [] }));
    const insert = (tx: Transaction): Promise<unknown> =>
      tx.query("INSERT INTO things VALUES (1), (1)", [], { last: true });
    const error = await assertRejects(() => pool.withTx(insert), DatabaseError);
    // Both responses are lost if they arrive together.
    assertEquals(["unique-violation", "outcome-unknown"].includes(error.code), true, error.code);
    assertEquals((await direct.writer().query("SELECT FROM things")).rowCount, 0);
  });
}
