import { assert, assertEquals } from "@std/assert";
import { configure, getLogger, type LogRecord, reset } from "@logtape/logtape";
import type { ConnectionPool } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { logSlowStatements } from "./log_slow_statements.ts";

Deno.test("logSlowStatements() logs the text of a slow statement without its values", async () => {
  const records: LogRecord[] = [];
  await configure({
    reset: true,
    sinks: { memory: (record) => records.push(record) },
    loggers: [
      { category: "slow", sinks: ["memory"] },
      { category: ["logtape", "meta"], sinks: [] },
    ],
  });
  try {
    await using database = await useTestDatabase();
    const open = (thresholdMs: number): ConnectionPool => {
      const observer = logSlowStatements(getLogger("slow"), thresholdMs);
      return openPool({ primary: database.instance, replicas: [], observer });
    };
    await using patient = open(600_000);
    await patient.writer().query("SELECT pg_sleep(0.06)");
    assertEquals(records, []);
    await using pool = open(50);
    await pool.writer().query("SELECT pg_sleep(0.06), 'ann@example.com', $1::text", ["secret"]);
    await pool.writer().query("DO $$ BEGIN PERFORM pg_sleep(0.06); RAISE 'no'; END $$").catch(() => {});
    assertEquals(records.map(({ rawMessage }) => rawMessage), [
      "Slow statement: {statement} took {ms} ms on {instance}",
      "Slow statement: {statement} took {ms} ms on {instance}",
    ]);
    const [first, second] = records.map(({ properties }) => properties);
    assert(Number(first?.["ms"]) >= 50);
    assertEquals({ ...first, ms: 0, waitedMs: 0 }, {
      ...{ statement: "SELECT", ms: 0, waitedMs: 0, instance: "primary", rows: 1 },
      text: "SELECT pg_sleep(0.06), '…', $1::text",
    });
    assertEquals(second?.["failed"], true);
  } finally {
    await reset();
  }
});
