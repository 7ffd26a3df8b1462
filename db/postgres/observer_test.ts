import { assertEquals, assertRejects } from "@std/assert";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import type { DatabaseObserver, Observation, ObservedOutcome } from "../database_observer.ts";
import { DatabaseError } from "../errors.ts";
import { openPool } from "./open_pool.ts";

/** Records the calls of an observer as lines. */
class RecordingObserver implements DatabaseObserver {
  readonly lines: string[] = [];

  statement(text: string, instance: string): Observation {
    this.lines.push(`${instance}: ${text}`);
    return {
      connected: ({ host, port }) => this.lines.push(`sent to ${host === "" || port === 0 ? "?" : "it"}`),
      ended: (outcome) => this.lines.push(describe(outcome)),
    };
  }

  async transaction<T>(
    instance: string,
    run: (observation: Observation) => Promise<T>,
  ): Promise<T> {
    this.lines.push(`${instance} begins`);
    const value = await run({
      connected: () => this.lines.push("connected"),
      ended: ({ error }) => this.lines.push(error === undefined ? "committed" : "rolled back"),
    });
    this.lines.push("returned");
    return value;
  }
}

function describe({ rows, error }: ObservedOutcome): string {
  return error instanceof DatabaseError ? `${error.code} ${error.sqlState}` : `${rows} rows`;
}

Deno.test("PoolConfig.observer receives statements in order and without values", async () => {
  await using database = await useTestDatabase();
  const observer = new RecordingObserver();
  await using pool = openPool({ primary: database.instance, replicas: [], observer });
  await pool.writer().query("SELECT * FROM generate_series(1, $1::int)", [3]);
  await assertRejects(() => pool.writer().query("SELECT 1 / $1::int", [0]));
  await pool.reader().query("SELECT 1");
  assertEquals(observer.lines, [
    "primary: SELECT * FROM generate_series(1, $1::int)",
    "sent to it",
    "3 rows",
    "primary: SELECT 1 / $1::int",
    "sent to it",
    "invalid-value 22012",
    "primary: SELECT 1",
    "sent to it",
    "1 rows",
  ]);
});

Deno.test("PoolConfig.observer receives transactions and their statements", async () => {
  await using database = await useTestDatabase();
  const observer = new RecordingObserver();
  await using pool = openPool({ primary: database.instance, replicas: [], observer });
  await pool.withTx((tx) => tx.savepoint((inner) => inner.query("SELECT 1")));
  const failed = new Error("on purpose");
  await assertRejects(() => pool.withTx(() => Promise.reject(failed)), Error, "on purpose");
  assertEquals(observer.lines, [
    "primary begins",
    "connected",
    "primary: SAVEPOINT archway_1",
    "sent to it",
    "0 rows",
    "primary: SELECT 1",
    "sent to it",
    "1 rows",
    "primary: RELEASE SAVEPOINT archway_1",
    "sent to it",
    "0 rows",
    "committed",
    "returned",
    "primary begins",
    "connected",
    "rolled back",
  ]);
});

Deno.test("PoolConfig.observer receives calls that never acquired a connection", async () => {
  await using database = await useTestDatabase();
  const observer = new RecordingObserver();
  const primary = { ...database.instance, host: "127.0.0.1", port: 1 };
  await using pool = openPool({ primary, replicas: [], observer });
  await assertRejects(() => pool.writer().query("SELECT 1"), DatabaseError);
  await assertRejects(() => pool.withTx((tx) => tx.query("SELECT 1")), DatabaseError);
  assertEquals(observer.lines, [
    "primary: SELECT 1",
    "unavailable undefined",
    "primary begins",
    "rolled back",
  ]);
});

Deno.test("load() returns the state of connections without a query", async () => {
  await using database = await useTestDatabase();
  await using pool = openPool({ primary: database.instance, replicas: [database.instance] });
  const { maxConnections: max } = database.instance;
  assertEquals(pool.load().map(({ name, pool: { open } }) => [name, open]), [["primary", 0], [
    "replica_0",
    0,
  ]]);
  await pool.withTx(() => {
    assertEquals(pool.load()[0]?.pool, { max, open: 1, idle: 0, waiting: 0, waitedMs: 0 });
    return Promise.resolve();
  });
  assertEquals(pool.load()[0], { name: "primary", pool: { max, open: 1, idle: 1, waiting: 0, waitedMs: 0 } });
});
