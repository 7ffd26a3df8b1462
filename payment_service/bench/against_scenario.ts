import { resolve } from "node:path";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { startCheckouts } from "@archway/tools/bench/against_scenario.ts";
import { compare, type Result } from "@archway/tools/bench/compare.ts";
import { loadOn } from "@archway/tools/bench/measure_process.ts";
import { type ProgramOwner, startService } from "@archway/tools/bench/programs.ts";
import { type LoadSetting, loadSettings, type Scenario } from "@archway/tools/bench/scenario.ts";
import { startBenchDatabase } from "@archway/tools/bench/start_bench_database.ts";
import { keyedPosts } from "@archway/tools/bench/workload.ts";
import { paymentBodies } from "./payment_pairs.ts";

const ACCOUNTS = 500;
/** Accounts that are opened at a time. */
const BATCH = 10;
const CURRENCY = "BRL";

/** Labels of rows by part; in the second, all payments wait for the lock of one account. */
const ROWS = { many: "payment, many accounts", hot: "payment, one account pays all" } as const;

/** Payments of this checkout beside those of another one, on databases with the same accounts. */
export const paymentsAgainstScenario: Scenario<LoadSetting> = {
  name: "payments-against",
  description: "POST of --path, such as /v1/payments, beside that of another checkout (--against)",
  parts: Object.keys(ROWS),
  settings: loadSettings({ rounds: 5, seconds: 2, connections: 16 }),
  needsCheckout: true,
  measure: async (run) => {
    const { parts, settings: { connections }, against: { checkout, path } = { checkout: ".", path: "" } } =
      run;
    const { database, ids } = await startBenchDatabase(run, {
      fill: (database) => openAccounts(database, { checkout, owner: run }),
    });
    const servers = await startCheckouts(checkout, database, run);
    const results: Result[] = [];
    for (const [part, row] of Object.entries(ROWS)) {
      if (!parts.includes(part)) continue;
      const bodies = paymentBodies({ payers: part === "hot" ? ids.slice(0, 1) : ids, payees: ids });
      const workload = keyedPosts(path, bodies);
      const variants = Object.entries(servers).map(([name, server]) => ({
        name,
        measure: loadOn(run, { server, workload, connections }),
      }));
      results.push(...await compare(run, variants, { row }));
    }
    return { "": results };
  },
};

/** Opens accounts with money through the program of another checkout, which alone knows its tables. */
async function openAccounts(
  database: InstanceConfig,
  { checkout, owner: { signal } }: { readonly checkout: string; readonly owner: ProgramOwner },
): Promise<readonly string[]> {
  await using stack = new AsyncDisposableStack();
  const server = await startService(database, { stack, signal }, { main: resolve(checkout, "main.ts") });
  /** Returns the id of what was created. */
  async function post(path: string, body: unknown): Promise<string> {
    const headers = { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() };
    const response = await fetch(server.url(path), {
      method: "POST",
      headers,
      body: JSON.stringify(body),
      signal,
    });
    if (response.status !== 201) throw new Error(`Filling the database failed: ${path}: ${response.status}`);
    const { data: { id } }: { readonly data: { readonly id: string } } = await response.json();
    return id;
  }
  async function open(): Promise<string> {
    const profileId = await post("/v1/profiles", { name: "Ada" });
    const id = await post("/v1/accounts", { profileId, currency: CURRENCY });
    await post(`/v1/accounts/${id}/deposits`, { amount: { amount: "1000000000.00", currency: CURRENCY } });
    return id;
  }
  const ids: string[] = [];
  while (ids.length < ACCOUNTS) ids.push(...await Promise.all(Array.from({ length: BATCH }, open)));
  return ids;
}
