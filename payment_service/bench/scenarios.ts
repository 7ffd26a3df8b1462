import { join } from "node:path";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import type { Table } from "@archway/tools/bench/bench_report.ts";
import { type BenchRun, compare, loadVariant, measureProcess } from "@archway/tools/bench/bench_run.ts";
import { ChildProcess } from "@archway/tools/bench/child_process.ts";
import type { Result } from "@archway/tools/bench/compare.ts";
import type { HttpServerProcess } from "@archway/tools/bench/http_server_process.ts";
import type { Sample } from "@archway/tools/bench/metrics.ts";
import { DRIVER_PERMISSIONS, startService } from "@archway/tools/bench/programs.ts";
import type { LoadResult } from "@archway/tools/bench/run_load.ts";
import { type LoadSetting, loadSettings, type Scenario } from "@archway/tools/bench/scenario.ts";
import { type BenchDatabase, startBenchDatabase } from "@archway/tools/bench/start_bench_database.ts";
import type { BareCommand } from "./bare_payments.ts";
import { measureRebuild } from "./measure_rebuild.ts";
import { paymentBodies } from "./payment_pairs.ts";
import { seedAccounts } from "./seed_accounts.ts";

const PATH = "/v1/payments";

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
  parts: {
    many: "payments between many accounts; no event leaves the outbox",
    hot: "one account pays all others, and its row is the bottleneck",
    leaving: "as many, and events leave the outbox in the same process",
    replay: "POST with used keys beside GET by id",
    rebuild: "archway events rebuild",
  },
  settings: {
    ...loadSettings({ rounds: 5, seconds: 3, connections: 16 }),
    // More than connections: with many accounts, two rarely want the same one.
    accounts: { default: 1000, min: 500, max: 100_000, whole: true, help: "accounts that pay and are paid" },
    events: { default: 200_000, min: 5_000, max: 10_000_000, whole: true, help: "events of the rebuild" },
  },
  measure: async (run) => {
    const { parts, settings: { accounts, events }, signal } = run;
    const database = await startBenchDatabase(run, {
      fill: (instance) => seedAccounts(instance, { accounts, signal }),
    });
    const tables: Table[] = [{ title: "Payments", results: await measurePayments(run, database) }];
    if (parts.includes("replay")) {
      tables.push({ title: "Replays", results: await measureReplays(run, database) });
    }
    if (parts.includes("rebuild")) {
      const measure = (): Promise<Sample> => measureRebuild(database.database, { events, signal });
      const once = { ...run, settings: { rounds: 1 } };
      const results = await compare(once, [{ name: "rebuild", measure, warmsUp: false }]);
      tables.push({ title: "Rebuild", results });
    }
    return tables.filter(({ results }) => results.length > 0);
  },
};

/** Scenarios of this service. */
export const scenarios: readonly Scenario[] = [payments];

async function measurePayments(
  run: BenchRun<LoadSetting>,
  { database, ids }: BenchDatabase,
): Promise<readonly Result[]> {
  const { connections } = run.settings;
  const file = join(import.meta.dirname ?? ".", "bare_payments.ts");
  await using bare = new ChildProcess({ args: [...DRIVER_PERMISSIONS, file, JSON.stringify(database)] });
  const results: Result[] = [];
  for (const [part, { row, hot, worker }] of Object.entries(ROWS)) {
    if (!run.parts.includes(part)) continue;
    await using server = await start(database, { run, worker });
    const pairs = { payers: hot ? ids.slice(0, 1) : ids, payees: ids };
    const loop = (milliseconds: number): Promise<Sample> => {
      const command: BareCommand = { pairs, connections, milliseconds };
      return measureProcess(bare.pid, () => bare.request<LoadResult>(command));
    };
    const workload = { kind: "post", path: PATH, bodies: paymentBodies(pairs) } as const;
    const service = loadVariant(run, "service", { server, workload, connections });
    results.push(...await compare(run, [{ name: "bare loop", measure: loop }, service], { row }));
  }
  return results;
}

/** Compares requests for payments under used keys with those by id. */
async function measureReplays(
  run: BenchRun<LoadSetting>,
  { database, ids }: BenchDatabase,
): Promise<readonly Result[]> {
  const { connections } = run.settings;
  await using server = await start(database, { run, worker: "off" });
  const bodies = paymentBodies({ payers: ids, payees: ids });
  const made = await Promise.all(
    bodies.slice(0, 200).map(async (body) => {
      const headers = { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() };
      const response = await fetch(server.url(PATH), { method: "POST", headers, body });
      const { data: { id } }: { readonly data: { readonly id: string } } = await response.json();
      return `${PATH}/${id}`;
    }),
  );
  return await compare(run, [
    loadVariant(run, "read by id", { server, workload: { kind: "read", paths: made }, connections }),
    loadVariant(run, "used key", { server, workload: { kind: "replay", path: PATH, bodies }, connections }),
  ]);
}

function start(
  database: InstanceConfig,
  { run: { signal }, worker }: { readonly run: BenchRun; readonly worker: string },
): Promise<HttpServerProcess> {
  return startService(database, { signal, main: "main.ts", env: { WORKER: worker } });
}
