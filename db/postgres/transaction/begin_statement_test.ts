import { assertEquals } from "@std/assert";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { beginStatement, beginStatements } from "./begin_statement.ts";
import { openPool } from "../open_pool.ts";

Deno.test("beginStatement() contains the isolation level and the requested settings", () => {
  assertEquals(beginStatement({}), "BEGIN ISOLATION LEVEL READ COMMITTED");
  assertEquals(
    beginStatement({
      isolation: "serializable",
      readOnly: true,
      lockTimeoutMs: 0.5,
      statementTimeoutMs: 1500.2,
    }),
    "BEGIN ISOLATION LEVEL SERIALIZABLE, READ ONLY; SET LOCAL statement_timeout = 1501; SET LOCAL lock_timeout = 1",
  );
});

Deno.test("beginStatements() passes the same settings as parameters", () => {
  const begin = { text: "BEGIN ISOLATION LEVEL READ COMMITTED", parameters: [] };
  assertEquals(beginStatements({}), [begin]);
  const set = (name: string, index: number): string => `set_config('${name}', $${index}, true)`;
  assertEquals(beginStatements({ transactionTimeoutMs: 1.5, lockTimeoutMs: 7 }), [begin, {
    text: `SELECT ${set("transaction_timeout", 1)}, ${set("transaction_timeout", 2)}, ${
      set("lock_timeout", 3)
    }`,
    parameters: ["0", "2", "7"],
  }]);
});

Deno.test("withTimeoutTx() may exceed the session's transaction timeout", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [], transactionTimeoutMs: 300 });
  const run = pool.withTimeoutTx(60_000, async (tx) => (await tx.query("SELECT pg_sleep(1)")).rowCount);
  assertEquals(await run, 1);
});
