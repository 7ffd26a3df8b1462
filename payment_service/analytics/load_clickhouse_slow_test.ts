import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { MainProgram } from "@archway/tools/support/program.ts";
import { services } from "../../services.ts";
import { makePayments } from "../testing/make_payments.ts";
import { PAYMENT_MIGRATIONS } from "../testing/payment_program.ts";
import { loadClickhouse, send } from "./load_clickhouse.ts";
import { QUESTIONS } from "./questions.ts";
import { startClickhouse, testWithClickhouse } from "./testing/start_clickhouse.ts";

/** Volume by day and currency, in the engine of ClickHouse. */
const VOLUME = `select toString(toDate(recorded_at)) as day, currency, toString(count()) as payments,
    toString(sum(amount_minor)) as total_minor
  from payments final where type = 'payment.settled' group by 1, 2 order by 1, 2 format JSONEachRow`;

testWithClickhouse(
  "loadClickhouse() loads each row once",
  async () => {
    // Projects may do without it.
    if (!services.some(({ name }) => name === "export")) return;
    await using database = await useTestDatabase({ migrations: PAYMENT_MIGRATIONS });
    await using pool = openPool({ primary: database.instance, replicas: [], ...GENEROUS_TIMEOUTS });
    await makePayments(pool);
    const folder = await Deno.makeTempDir({ prefix: "archway_clickhouse_" });
    const environment = { ...postgresEnvironment(database.instance), MIGRATE_ON_START: "true" };
    await using program = new MainProgram(environment, ["export", "payments", "--to", folder]);
    assertEquals((await program.ended()).code, 0);
    await using clickhouse = await startClickhouse(join(folder, "engine"));
    const { target } = clickhouse;
    const data = join(folder, "payments");
    const loaded = await loadClickhouse(data, target);
    assertEquals([loaded > 0, await loadClickhouse(data, target)], [true, 0]);
    const { rows } = await pool.writer().query(QUESTIONS[0]?.postgres ?? "");
    const volume = async (): Promise<readonly unknown[]> =>
      (await send(target, VOLUME)).trim().split("\n").map((line) => JSON.parse(line));
    assertEquals(await volume(), rows);
    // As after an interruption between the rows of a file and its record.
    await send(target, "truncate table loaded_files");
    assertEquals(await loadClickhouse(data, target), loaded);
    assertEquals(await volume(), rows);
    await assertRejects(() => send(target, "select nothing"), Error, "ClickHouse: ");
    await clickhouse[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  },
);
