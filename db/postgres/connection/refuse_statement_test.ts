import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { DatabaseError } from "../../errors.ts";
import { openPool } from "../open_pool.ts";
import { refuseStatement } from "./refuse_statement.ts";

Deno.test("refuseStatement() only rejects transaction control statements", () => {
  const refused = [
    "BEGIN",
    " begin;",
    "\nCOMMIT AND CHAIN",
    "end",
    "ABORT",
    "Rollback to x",
    "SAVEPOINT a",
    "RELEASE a",
  ];
  for (const text of [...refused, "START  TRANSACTION READ ONLY", "PREPARE TRANSACTION 'x'"]) {
    assertThrows(() => refuseStatement(text), DatabaseError, "withTx()");
  }
  const allowed = [
    "SELECT 1",
    "WITH begin AS (SELECT 1) TABLE begin",
    "DO $$ BEGIN END $$",
    "endings",
    "PREPARE x AS SELECT 1",
  ];
  for (const text of allowed) refuseStatement(text);
});

Deno.test("refuseStatement() finds the statement behind comments", () => {
  for (
    const text of ["/* a */ BEGIN", "-- a\ncommit", ";; ROLLBACK", "/* a *//**/\n-- b\r\nEND", "/***/begin"]
  ) {
    assertThrows(() => refuseStatement(text), DatabaseError, "withTx()");
  }
  for (const text of ["-- begin\nSELECT 1", "/* x */ SELECT 'begin'", "--begin"]) refuseStatement(text);
});

Deno.test("query() refuses COPY with the client, and its connection takes others", async () => {
  await using database = await useTestDatabase();
  const primary = { ...database.instance, maxConnections: 1 };
  await using pool = openPool({ primary, replicas: [], ...GENEROUS_TIMEOUTS });
  await pool.writer().query("CREATE TABLE things (id int)");
  const texts = [
    "COPY things FROM STDIN",
    "/* a */ copy (SELECT 1)\n to stdout",
    // Nested comments are recognized by the server only.
    "/* /* */ */ COPY things FROM STDIN",
    "/* /* */ */ COPY (SELECT generate_series(1, 100000)) TO STDOUT",
  ];
  for (const text of texts) {
    for (
      const run of [() => pool.writer().query(text), () => pool.withTx((tx) => tx.query(text))]
    ) {
      const { code, message } = await assertRejects(run, DatabaseError);
      assertEquals([code, message.startsWith("COPY FROM STDIN and COPY TO STDOUT are not")], [
        "internal",
        true,
      ]);
      assertEquals((await pool.writer().query("SELECT 1")).rowCount, 1);
    }
  }
});

Deno.test("query() refuses more parameters than can be sent, and its connection takes others", async () => {
  await using database = await useTestDatabase();
  const primary = { ...database.instance, maxConnections: 1 };
  await using pool = openPool({ primary, replicas: [], ...GENEROUS_TIMEOUTS });
  const send = (count: number): Promise<unknown> => {
    const list = Array.from({ length: count }, (_, index) => `($${index + 1}::int)`).join(",");
    return pool.writer().query(
      `SELECT count(*) FROM (VALUES ${list}) AS v`,
      Array.from({ length: count }, () => 1),
    );
  };
  for (const count of [65_535, 65_535, 65_534]) {
    const { code, message } = await assertRejects(() => send(count), DatabaseError);
    assertEquals([code, message.includes(`${count} parameters`)], ["internal", true]);
  }
  await send(65_533);
  assertEquals((await pool.writer().query("SELECT 1")).rowCount, 1);
});
