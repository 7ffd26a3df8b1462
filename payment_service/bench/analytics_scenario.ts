import { join } from "node:path";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { runDuckdb } from "@archway/tools/bench/analytics/run_duckdb.ts";
import { type BenchRun, loadOn } from "@archway/tools/bench/bench_run.ts";
import { childEnvironment } from "@archway/tools/bench/child_process.ts";
import { compare, type Result } from "@archway/tools/bench/compare.ts";
import { progress } from "@archway/tools/bench/progress.ts";
import { serviceEnvironment, startService } from "@archway/tools/bench/programs.ts";
import { type LoadSetting, loadSettings, type Scenario, type Tables } from "@archway/tools/bench/scenario.ts";
import { startBenchDatabase } from "@archway/tools/bench/start_bench_database.ts";
import { keyedPosts } from "@archway/tools/bench/workload.ts";
import { QUESTIONS } from "../analytics/questions.ts";
import { paymentBodies } from "./payment_pairs.ts";
import { seedHistory } from "./seed_history.ts";

const ROOT = join(import.meta.dirname ?? ".", "../..");

type AnalyticsSetting = LoadSetting | "payments";

/** Questions on PostgreSQL and on exported files, and payments while they are processed. */
export const analyticsScenario: Scenario<AnalyticsSetting> = {
  name: "analytics",
  description: "questions on PostgreSQL and on exported files in DuckDB, and payments meanwhile",
  parts: ["questions", "payments"],
  settings: {
    ...loadSettings({ rounds: 3, seconds: 5, connections: 8 }),
    payments: {
      default: 500_000,
      min: 1_000,
      max: 10_000_000,
      whole: true,
      help: "payments in the database",
    },
  },
  async measure(run): Promise<Tables> {
    const { parts, settings: { payments, connections }, signal, stack } = run;
    const { database, replicas: [replica = null], ids } = await startBenchDatabase(run, {
      replicas: 1,
      fill: (instance) => seedHistory(instance, { accounts: 1_000, payments, signal }),
    });
    const folder = await Deno.makeTempDir({ prefix: "archway_analytics_" });
    stack.defer(() => Deno.remove(folder, { recursive: true }));
    const source = { database, replica: replica ?? database, folder };
    const startedAt = performance.now();
    await exportTo(source, { name: "first" });
    progress(`Exported ${payments} payments in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    const first = { ...source, folder: join(folder, "first") };
    const tables = parts.includes("questions") ? await measureQuestions(run, first) : {};
    if (!parts.includes("payments")) return tables;
    const server = await startService(database, run, {
      main: join(ROOT, "main.ts"),
      env: { OUTBOX_WORKER: "off", ADMISSION_MAX_DELAY: "0s" },
    });
    const workload = keyedPosts("/v1/payments", paymentBodies({ payers: ids, payees: ids }));
    const load = loadOn(run, { server, workload, connections });
    /** Payments while something else runs, again and again, until it is aborted at the end. */
    const during = (
      name: string,
      work: (signal: AbortSignal) => Promise<unknown>,
    ): { name: string; measure: typeof load } => ({
      name,
      async measure(milliseconds): ReturnType<typeof load> {
        const ending = new AbortController();
        const working = (async (): Promise<void> => {
          while (!ending.signal.aborted) await work(ending.signal);
        })();
        const sample = await load(milliseconds);
        ending.abort();
        await working.catch((error) => {
          if (!(error instanceof Error) || !ending.signal.aborted) throw error;
        });
        return sample;
      },
    });
    let exports = 0;
    const results = await compare(run, [
      { name: "alone", measure: load },
      during("questions on the primary", (ending) => askPostgres(database, ending)),
      during("questions on a replica", (ending) => askPostgres(source.replica, ending)),
      during(
        "questions in DuckDB",
        (ending) =>
          runDuckdb(first.folder, { queries: QUESTIONS.map(({ duckdb }) => duckdb), signal: ending }),
      ),
      during(
        "export of all from a replica",
        (ending) => exportTo(source, { name: `load${exports++}`, signal: ending }),
      ),
    ]);
    return { ...tables, "Payments meanwhile": results };
  },
};

interface Source {
  readonly database: InstanceConfig;
  readonly replica: InstanceConfig;
  readonly folder: string;
}

async function measureQuestions(
  run: BenchRun<AnalyticsSetting>,
  { database, folder }: Source,
): Promise<Tables> {
  const results: Result[] = [];
  for (const { title, postgres, duckdb } of QUESTIONS) {
    results.push(
      ...await compare(run, [
        {
          name: "PostgreSQL",
          measure: async () => {
            await using pool = openPool({ primary: database, replicas: [], statementTimeoutMs: 0 });
            const startedAt = performance.now();
            await pool.writer().query(postgres);
            return { requestTime: (performance.now() - startedAt) * 1000 };
          },
        },
        {
          name: "DuckDB",
          measure: async () => {
            const [result] = await runDuckdb(folder, { queries: [duckdb] });
            return { requestTime: (result?.milliseconds ?? NaN) * 1000 };
          },
        },
      ], { row: title, compared: ["requestTime"] }),
    );
  }
  return { "Questions": results };
}

async function askPostgres(instance: InstanceConfig, signal: AbortSignal): Promise<void> {
  await using pool = openPool({ primary: instance, replicas: [], statementTimeoutMs: 0 });
  for (const { postgres } of QUESTIONS) await pool.reader().query(postgres, [], { signal });
}

/** Exports payments and accounts to a new folder, from the replica. */
async function exportTo(
  { database, replica, folder }: Source,
  { name, signal }: { readonly name: string; readonly signal?: AbortSignal },
): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-P", "main.ts", "export", "payments", "accounts", "--to", join(folder, name)],
    cwd: ROOT,
    ...(signal !== undefined && { signal }),
    clearEnv: true,
    env: {
      ...childEnvironment(serviceEnvironment(database)),
      POSTGRES_REPLICA_0_HOST: replica.host,
      POSTGRES_REPLICA_0_PORT: String(replica.port),
    },
  }).output();
  if (!success) throw new Error(`The export failed: ${new TextDecoder().decode(stderr)}`);
}
