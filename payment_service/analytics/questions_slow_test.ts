import { assertEquals } from "@std/assert";
import type { ConnectionPool } from "@archway/db/db.ts";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import { timestampOf } from "@archway/db/timestamp.ts";
import { runDuckdb } from "@archway/tools/bench/analytics/run_duckdb.ts";
import { GENEROUS_TIMEOUTS } from "@archway/tools/support/generous_timeouts.ts";
import { useTestDatabase } from "@archway/tools/support/postgres/use_test_database.ts";
import { postgresEnvironment } from "@archway/tools/support/postgres_environment.ts";
import { MainProgram } from "@archway/tools/support/program.ts";
import { services } from "../../services.ts";
import { idOf, money, openAccount, paymentServer, send } from "../testing/payment_client.ts";
import { PAYMENT_MIGRATIONS } from "../testing/payment_program.ts";
import { QUESTIONS } from "./questions.ts";

const HOUR_US = 3_600_000_000n;

/** Makes payments over some months in two currencies, a third of them refunded in part or in full. */
async function fill(pool: ConnectionPool): Promise<void> {
  let time = BigInt(Date.parse("2026-08-30T20:00:00Z")) * 1000n;
  await using server = paymentServer(pool, { now: () => timestampOf(time += 17n) });
  for (const currency of ["BRL", "JPY"]) {
    const [units, part, rest] = currency === "BRL" ? ["9.99", "1.11", "8.88"] : ["999", "111", "888"];
    const payers = [];
    for (let payer = 0; payer < 3; payer++) {
      payers.push(await openAccount(server, "90000", { currency }).catch(() => ""));
    }
    for (let round = 0; round < 12; round++) {
      time += 160n * HOUR_US;
      for (const [index, payer] of payers.entries()) {
        // Payers begin one after the other.
        const payee = payers[(index + 1) % payers.length];
        if (round < 3 * index || payer === "") continue;
        const payment = await send(server, "POST /v1/payments", {
          key: crypto.randomUUID(),
          body: { payerAccountId: payer, payeeAccountId: payee, amount: money(units ?? "", currency) },
        });
        const id = idOf(payment);
        const refunds = round % 3 !== 0 ? [] : index === 0 ? [part, rest] : [part];
        for (const amount of refunds) {
          time += BigInt(round + 1) * HOUR_US;
          const line = `PUT /v1/payments/${id}/refunds/${crypto.randomUUID()}`;
          await send(server, line, { body: { amount: money(amount ?? "", currency) } });
        }
      }
    }
  }
}

Deno.test({
  name: "PostgreSQL and DuckDB have the same results for each question",
  // Projects may do without it.
  ignore: !services.some(({ name }) => name === "export"),
  async fn(t): Promise<void> {
    await using database = await useTestDatabase({ migrations: PAYMENT_MIGRATIONS });
    await using pool = openPool({ primary: database.instance, replicas: [], ...GENEROUS_TIMEOUTS });
    await fill(pool);
    const folder = await Deno.makeTempDir({ prefix: "archway_analytics_" });
    const environment = { ...postgresEnvironment(database.instance), MIGRATE_ON_START: "true" };
    await using program = new MainProgram(environment, ["export", "payments", "accounts", "--to", folder]);
    const { code, stderr } = await program.ended();
    assertEquals(code, 0, stderr);
    const results = await runDuckdb(folder, QUESTIONS.map(({ duckdb }) => duckdb));
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
