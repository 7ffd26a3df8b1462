import { join } from "node:path";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import type { BenchRun } from "@archway/tools/bench/bench_run.ts";
import { childEnvironment, ChildProcess } from "@archway/tools/bench/child_process.ts";
import { compare, type Result } from "@archway/tools/bench/compare.ts";
import { loadOn, measureProcess } from "@archway/tools/bench/measure_process.ts";
import type { Sample } from "@archway/tools/bench/metrics.ts";
import { DRIVER_PERMISSIONS, serviceEnvironment, startService } from "@archway/tools/bench/programs.ts";
import type { LoadResult } from "@archway/tools/bench/run_load.ts";
import { type LoadSetting, loadSettings, type Scenario } from "@archway/tools/bench/scenario.ts";
import { type BenchDatabase, startBenchDatabase } from "@archway/tools/bench/start_bench_database.ts";
import { keyedPosts, reads, replays } from "@archway/tools/bench/workload.ts";
import { paymentsAgainstScenario } from "./against_scenario.ts";
import { analyticsScenario } from "./analytics_scenario.ts";
import type { BareCommand } from "./bare_payments.ts";
import { graphqlScenario } from "./graphql_scenario.ts";
import { mcpScenario } from "./mcp_scenario.ts";
import { paymentBodies } from "./payment_pairs.ts";
import { privacyScenario } from "./privacy_scenario.ts";
import { seedAccounts } from "./seed_accounts.ts";

const PATH = "/v1/payments";
const MAIN = join(import.meta.dirname ?? ".", "../../main.ts");

/** Rows of the table: whether one account pays all, and whether the service publishes events. */
const ROWS = {
  many: { row: "many accounts", hot: false, worker: "off" },
  hot: { row: "one account pays all", hot: true, worker: "off" },
  leaving: { row: "many accounts, events leave", hot: false, worker: "inline" },
} as const;

type PaymentSetting = LoadSetting | "accounts" | "events";

const payments: Scenario<PaymentSetting> = {
  name: "payments",
  description: "payments beside a bare loop of the same statements, replays, and a rebuild",
  parts: [...Object.keys(ROWS), "replay", "rebuild"],
  settings: {
    ...loadSettings({ rounds: 5, seconds: 3, connections: 16 }),
    // More than connections: with many accounts, two rarely want the same one.
    accounts: { default: 1000, min: 500, max: 100_000, whole: true, help: "accounts that pay and are paid" },
    events: { default: 200_000, min: 5_000, max: 10_000_000, whole: true, help: "events of the rebuild" },
  },
  measure: async (run) => {
    const { parts, settings: { accounts, events }, signal } = run;
    const fill = (instance: InstanceConfig): Promise<readonly string[]> =>
      seedAccounts(instance, { accounts, signal });
    const filled = await startBenchDatabase(run, { fill });
    const rebuild = {
      name: "rebuild",
      measure: () => measureRebuild(filled.database, { events, signal }),
      warmsUp: false,
    };
    return {
      ...parts.some((part) => part in ROWS) && { "Payments": await measurePayments(run, filled) },
      ...parts.includes("replay") && { "Replays": await measureReplays(run, filled) },
      ...parts.includes("rebuild") &&
        { "Rebuild": await compare({ settings: { rounds: 1 }, signal }, [rebuild]) },
    };
  },
};

/** Scenarios of this service. */
export const scenarios: readonly Scenario[] = [
  payments,
  paymentsAgainstScenario,
  analyticsScenario,
  graphqlScenario,
  mcpScenario,
  privacyScenario,
];

async function measurePayments(
  run: BenchRun<LoadSetting>,
  { database, ids }: BenchDatabase,
): Promise<readonly Result[]> {
  const { parts, settings: { connections }, signal } = run;
  const file = join(import.meta.dirname ?? ".", "bare_payments.ts");
  await using bare = new ChildProcess({ args: [...DRIVER_PERMISSIONS, file, JSON.stringify(database)] });
  const results: Result[] = [];
  for (
    const { row, hot, worker } of Object.entries(ROWS).flatMap(([part, row]) =>
      parts.includes(part) ? [row] : []
    )
  ) {
    await using stack = new AsyncDisposableStack();
    const server = await startService(database, { stack, signal }, {
      main: "main.ts",
      env: { WORKER: worker },
    });
    const pairs = { payers: hot ? ids.slice(0, 1) : ids, payees: ids };
    const loop = (milliseconds: number): Promise<Sample> => {
      const command: BareCommand = { pairs, connections, milliseconds };
      return measureProcess(bare.pid, () => bare.request<LoadResult>(command));
    };
    const workload = keyedPosts(PATH, paymentBodies(pairs));
    const service = loadOn(run, { server, workload, connections });
    const variants = [{ name: "bare loop", measure: loop }, { name: "service", measure: service }];
    results.push(...await compare(run, variants, { row }));
  }
  return results;
}

/** Compares requests for payments under used keys with those by id. */
async function measureReplays(
  run: BenchRun<LoadSetting>,
  { database, ids }: BenchDatabase,
): Promise<readonly Result[]> {
  const { connections } = run.settings;
  const server = await startService(database, run, { main: "main.ts", env: { WORKER: "off" } });
  const bodies = paymentBodies({ payers: ids, payees: ids });
  const paths = await Promise.all(
    bodies.slice(0, 200).map(async (body) => {
      const headers = { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() };
      const response = await fetch(server.url(PATH), { method: "POST", headers, body });
      const { data: { id } }: { readonly data: { readonly id: string } } = await response.json();
      return `${PATH}/${id}`;
    }),
  );
  const read = loadOn(run, { server, workload: reads(paths), connections });
  const replay = loadOn(run, { server, workload: replays(PATH, bodies), connections });
  return await compare(run, [{ name: "read by id", measure: read }, { name: "used key", measure: replay }]);
}

/** Fills a new database with events and runs `archway events rebuild` on it. */
async function measureRebuild(
  server: InstanceConfig,
  { events, signal }: { readonly events: number; readonly signal: AbortSignal },
): Promise<Sample> {
  const database = { ...server, database: "rebuild" };
  {
    await using pool = openPool({ primary: server, replicas: [] });
    await pool.writer().query(`drop database if exists ${database.database}`);
    await pool.writer().query(`create database ${database.database}`);
  }
  // One event for the settlement account, two for each other account, one for each payment.
  await seedAccounts(database, { accounts: 1_000, payments: events - 2 * 1_000 - 1, signal });
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-P", MAIN, "events", "rebuild"],
    clearEnv: true,
    env: childEnvironment(serviceEnvironment(database)),
    signal,
  }).output();
  const text = new TextDecoder().decode(stdout);
  const [, rebuilt = "", seconds = ""] = /Replayed ([\d,]+) events in ([\d.]+) s/.exec(text) ?? [];
  if (code !== 0 || Number(rebuilt.replaceAll(",", "")) !== events) {
    throw new Error(`Rebuilding failed: ${text}${new TextDecoder().decode(stderr)}`);
  }
  return { rebuildTime: Number(seconds) * 1_000_000, eventsPerSecond: events / Number(seconds) };
}
