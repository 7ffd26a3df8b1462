import { assertEquals, assertRejects } from "@std/assert";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { MainProgram } from "@archway/tools/support/program.ts";
import { services } from "../../services.ts";
import { runDuckdb } from "../bench/run_duckdb.ts";
import { makePayments } from "../testing/make_payments.ts";
import { QUESTIONS } from "./questions.ts";

/** Commands of the example that make payments. */
const SEED = ["seed --profiles 60", "seed --payments 3000 --accounts 60"];

for (const source of ["the service", "archway seed"]) {
  Deno.test({
    name: `ask.ts and PostgreSQL have the same results for payments of ${source}`,
    // Projects may do without it.
    ignore: !services.some(({ name }) => name === "export"),
    async fn(t): Promise<void> {
      await using database = await useTestDatabase();
      const environment = { ...postgresEnvironment(database.instance), MIGRATE_ON_START: "true" };
      const run = async (line: string): Promise<void> => {
        await using program = new MainProgram(environment, line.split(" "));
        const { code, stderr } = await program.ended();
        assertEquals(code, 0, stderr);
      };
      await using pool = openPool({ primary: database.instance, replicas: [], ...GENEROUS_TIMEOUTS });
      const folder = await Deno.makeTempDir({ prefix: "archway_analytics_" });
      if (source === "the service") {
        await run("migrate up");
        await makePayments(pool);
      } else {
        for (const line of SEED) await run(line);
      }
      await run(`export payments accounts --to ${folder}`);
      const results = await runDuckdb(folder);
      for (const [index, { name, postgres }] of QUESTIONS.entries()) {
        await t.step(name, async () => {
          const { rows } = await pool.writer().query<Record<string, unknown>>(postgres);
          assertEquals(results[index]?.rows, rows);
          assertEquals(
            rows.length > 0 && Object.values(rows[0] ?? {}).every((value) => value !== null),
            true,
          );
        });
      }
      await Deno.remove(folder, { recursive: true });
    },
  });
}

Deno.test("ask.ts names a data set that was not exported, as one without rows", async () => {
  const folder = await Deno.makeTempDir({ prefix: "archway_analytics_" });
  await assertRejects(
    () => runDuckdb(folder),
    Error,
    `${folder} has no payments; run archway export payments`,
  );
  await Deno.remove(folder, { recursive: true });
});
