import { assertEquals } from "@std/assert";
import { locatePgbouncer } from "@archway/tools/support/postgres/locate_pgbouncer.ts";
import { startPgbouncer } from "@archway/tools/support/postgres/start_pgbouncer.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { openPool } from "../open_pool.ts";
import { openBehindPgbouncer } from "./testing/behind_pgbouncer.ts";
import { PoolLoad } from "./testing/pool_load.ts";

const INI =
  "pool_mode = transaction\nmax_prepared_statements = 50\ndefault_pool_size = 3\nquery_wait_timeout = 60";

/** Whether PgBouncer is installed and supports prepared statements, as from 1.21 on. */
async function supportsStatements(): Promise<boolean> {
  const program = await locatePgbouncer();
  if (program === undefined) return false;
  const { stdout } = await new Deno.Command(program, { args: ["--version"] }).output();
  const [, major = "0", minor = "0"] = /(\d+)\.(\d+)/.exec(new TextDecoder().decode(stdout)) ?? [];
  return Number(major) * 1_000 + Number(minor) >= 1_021;
}

const ignore = !await supportsStatements();

Deno.test({
  name: "openPool() prepares statements behind PgBouncer 1.21 or later, also when a table changes",
  ignore,
  fn: async () => {
    await using database = await useTestDatabase();
    await using pgbouncer = await startPgbouncer({ ...database.instance, driver: "wire" }, { ini: INI });
    await using direct = openPool({ primary: { ...database.instance, maxConnections: 1 }, replicas: [] });
    const poolerStatements = 50;
    await using pool = openBehindPgbouncer(pgbouncer, { ...GENEROUS_TIMEOUTS, poolerStatements });
    await direct.writer().query("CREATE TABLE things AS SELECT 1 AS id");
    const text = "SELECT * FROM things WHERE id = $1";
    for (const column of ["a", "b"]) {
      const read = (): Promise<unknown> => pool.writer().query(text, [1]).then(({ rows: [row] }) => row);
      const expected = await read();
      assertEquals(
        await Promise.all(Array.from({ length: 200 }, read)),
        Array.from({ length: 200 }, () => expected),
      );
      await direct.writer().query(`ALTER TABLE things ADD COLUMN ${column} int`);
      const changed = await Promise.all(Array.from({ length: 50 }, read));
      assertEquals(changed.filter((row) => Object.hasOwn(Object(row), column)).length, 50);
    }
    const prepared =
      "SELECT count(*) > 0 AS prepared FROM pg_prepared_statements WHERE statement LIKE 'SELECT $1::int AS n%'";
    for (let n = 0; n < 20; n++) await pool.writer().query("SELECT $1::int AS n", [n]);
    assertEquals((await pool.writer().query(prepared)).rows, [{ prepared: true }]);
  },
});

Deno.test({
  name: "openPool() returns correct results to many callers with statements that PgBouncer prepares",
  ignore,
  fn: async () => {
    await using database = await useTestDatabase();
    await using pgbouncer = await startPgbouncer({ ...database.instance, driver: "wire" }, { ini: INI });
    await using pool = openBehindPgbouncer(pgbouncer, { ...GENEROUS_TIMEOUTS, poolerStatements: 50 });
    const load = await PoolLoad.start(pool);
    await load.untilDone(1_000);
    const { begun, endings, contradictions } = await load.stop();
    assertEquals([endings, contradictions], [{ done: begun }, []]);
  },
});
