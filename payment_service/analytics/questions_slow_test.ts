import { assertEquals } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { MainProgram } from "@archway/tools/support/program.ts";
import { services } from "../../services.ts";
import { PAYMENT_MIGRATIONS } from "../testing/payment_program.ts";
import { makePayments } from "../testing/make_payments.ts";
import { runDuckdb } from "../bench/run_duckdb.ts";
import { QUESTIONS } from "./questions.ts";

Deno.test({
  name: "PostgreSQL and DuckDB have the same results for each question",
  // Projects may do without it.
  ignore: !services.some(({ name }) => name === "export"),
  async fn(t): Promise<void> {
    await using database = await useTestDatabase({ migrations: PAYMENT_MIGRATIONS });
    await using pool = openPool({ primary: database.instance, replicas: [], ...GENEROUS_TIMEOUTS });
    await makePayments(pool);
    const folder = await Deno.makeTempDir({ prefix: "archway_analytics_" });
    const environment = { ...postgresEnvironment(database.instance), MIGRATE_ON_START: "true" };
    await using program = new MainProgram(environment, ["export", "payments", "accounts", "--to", folder]);
    const { code, stderr } = await program.ended();
    assertEquals(code, 0, stderr);
    const results = await runDuckdb(folder);
    for (const [index, { name, postgres }] of QUESTIONS.entries()) {
      await t.step(name, async () => {
        const { rows } = await pool.writer().query<Record<string, unknown>>(postgres);
        assertEquals(results[index]?.rows, rows);
        assertEquals(rows.length > 0 && Object.values(rows[0] ?? {}).every((value) => value !== null), true);
      });
    }
    await Deno.remove(folder, { recursive: true });
  },
});
