import { assertEquals, assertRejects } from "@std/assert";
import { startPgbouncer } from "@archway/tools/support/postgres/start_pgbouncer.ts";
import { testWithPgbouncer } from "@archway/tools/support/postgres/test_with_pgbouncer.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { DatabaseError } from "../../errors.ts";
import type { InstanceConfig } from "../pool_config.ts";
import { openPool } from "../open_pool.ts";

/** Settings of a database that change values, isolation or timeouts. */
const UNUSUAL = {
  bytea_output: "escape",
  array_nulls: "off",
  standard_conforming_strings: "off",
  extra_float_digits: "-15",
  client_min_messages: "error",
  default_transaction_isolation: "repeatable read",
  statement_timeout: "1",
  // Long enough for the statement that replaces it.
  transaction_timeout: "30s",
  TimeZone: "Asia/Tokyo",
  DateStyle: "German",
};

/** Every byte, as a program stores it. */
const BYTES = Uint8Array.from({ length: 256 }, (_, byte) => byte);

async function setUnusual({ database, ...server }: InstanceConfig, settings = UNUSUAL): Promise<void> {
  await using admin = openPool({ primary: { ...server, database, maxConnections: 1 }, replicas: [] });
  for (const [name, value] of Object.entries(settings)) {
    await admin.writer().query(`ALTER DATABASE ${database} SET ${name} = '${value}'`);
  }
}

Deno.test("openPool() has the same values and isolation whatever the settings of the database are", async () => {
  await using database = await useTestDatabase();
  await setUnusual(database.instance);
  await using pool = openPool({
    primary: database.instance,
    replicas: [],
    ...GENEROUS_TIMEOUTS,
    statementTimeoutMs: 0,
    transactionTimeoutMs: 0,
  });
  const read = `SELECT $1::bytea AS bytes, $2::text[] AS items, '\\' AS backslash, 0.1::float8 AS number,
    $3::timestamptz AS at, current_setting('transaction_isolation') AS isolation`;
  const parameters = [BYTES, ["NULL", null, "\\"], "2026-11-22T07:41:00Z"];
  const expected = {
    bytes: BYTES,
    items: ["NULL", null, "\\"],
    backslash: "\\",
    number: 0.1,
    at: "2026-11-22T07:41:00Z",
    isolation: "read committed",
  };
  assertEquals((await pool.writer().query(read, parameters)).rows, [expected]);
  assertEquals((await pool.withTx((tx) => tx.query(read, parameters))).rows, [expected]);
  const { rows } = await pool.writer().query(`SELECT current_setting('statement_timeout') AS statement,
    current_setting('transaction_timeout') AS transaction, current_setting('client_min_messages') AS messages`);
  assertEquals(rows, [{ statement: "0", transaction: "0", messages: "notice" }]);
});

testWithPgbouncer("openPool() reads bytes and names the isolation level behind PgBouncer", async () => {
  await using database = await useTestDatabase();
  // The first statement of a session, which reads what PgBouncer keeps, has the timeout of the database.
  await setUnusual(database.instance, { ...UNUSUAL, statement_timeout: "30s" });
  await using pgbouncer = await startPgbouncer(database.instance, { ini: "pool_mode = transaction" });
  await using pool = openPool({
    primary: pgbouncer.instance,
    replicas: [],
    pooler: "transaction",
    ...GENEROUS_TIMEOUTS,
  });
  const read = `SELECT $1::bytea AS bytes, ARRAY[$1::bytea] AS list, '\\' AS backslash,
    current_setting('bytea_output') AS output, current_setting('transaction_isolation') AS isolation`;
  const { rows } = await pool.withTx((tx) => tx.query(read, [BYTES]));
  assertEquals(rows, [{
    bytes: BYTES,
    list: [BYTES],
    backslash: "\\",
    output: "escape",
    isolation: "read committed",
  }]);
});

Deno.test("openPool() runs the SQL of sessions in each of them, and reports why it fails", async () => {
  await using database = await useTestDatabase();
  const primary = { ...database.instance, maxConnections: 2 };
  const sessionSql = "SET lock_timeout = '7s'; SET work_mem = '5MB'";
  await using pool = openPool({ primary, replicas: [], ...GENEROUS_TIMEOUTS, sessionSql });
  const read = "SELECT current_setting('lock_timeout') AS lock, current_setting('work_mem') AS memory";
  await pool.withTx(async (tx) => {
    for (const querier of [tx, pool.writer()]) {
      assertEquals((await querier.query(read)).rows, [{ lock: "7s", memory: "5MB" }]);
    }
  });
  await using wrong = openPool({ primary, replicas: [], sessionSql: "SET nowhere = 1" });
  const error = await assertRejects(() => wrong.writer().query("SELECT 1"), DatabaseError);
  assertEquals([error.code, error.sqlState], ["unavailable", "42704"]);
});
