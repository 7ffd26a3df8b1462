import { join } from "node:path";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import type { BenchRun } from "@archway/tools/bench/bench_run.ts";
import { childEnvironment } from "@archway/tools/bench/child_process.ts";
import { compare, type Result } from "@archway/tools/bench/compare.ts";
import { loadOn } from "@archway/tools/bench/measure_process.ts";
import type { Sample } from "@archway/tools/bench/metrics.ts";
import { pinProcesses } from "@archway/tools/bench/pin_processes.ts";
import { progress } from "@archway/tools/bench/progress.ts";
import { serviceEnvironment, startService } from "@archway/tools/bench/programs.ts";
import { type LoadSetting, loadSettings, type Scenario, type Tables } from "@archway/tools/bench/scenario.ts";
import { type BenchDatabase, startBenchDatabase } from "@archway/tools/bench/start_bench_database.ts";
import { keyedPosts } from "@archway/tools/bench/workload.ts";
import { QUESTIONS } from "../analytics/questions.ts";
import { paymentBodies } from "./payment_pairs.ts";
import { runDuckdb } from "./run_duckdb.ts";
import { seedHistory } from "./seed_history.ts";

const ROOT = join(import.meta.dirname ?? ".", "../..");

type AnalyticsSetting = LoadSetting | "payments" | "rate";

/** Processor of the primary, the service and its clients, as of a machine. */
const PRIMARY = 0;

/** Processor of the replica, exports and DuckDB. */
const ANALYTICS = 1;

/** Settings of PostgreSQL for a database that does not fit into its default memory. */
const POSTGRES = { shared_buffers: "1GB", max_wal_size: "1GB", work_mem: "64MB" };

/** Questions on PostgreSQL and on exported files, and payments while they are processed. */
export const analyticsScenario: Scenario<AnalyticsSetting> = {
  name: "analytics",
  description: "questions on PostgreSQL and on exported files in DuckDB, and payments meanwhile",
  parts: ["prepare", "questions", "payments"],
  keepsData: true,
  settings: {
    ...loadSettings({ rounds: 3, seconds: 5, connections: 8 }),
    payments: {
      default: 500_000,
      min: 1_000,
      max: 10_000_000,
      whole: true,
      help: "payments in the database",
    },
    rate: { default: 100, max: 10_000, whole: true, help: "payments per second of the load" },
  },
  async measure(run): Promise<Tables> {
    const { parts, settings: { payments, connections, rate }, data, signal, stack } = run;
    const { database, replicas: [replica = null], ids, servers } = await startBenchDatabase(run, {
      ...{ replicas: 1, settings: POSTGRES, folder: data },
      fill: (instance) => seedHistory(instance, { payments, signal }),
    });
    const temporary = await Deno.makeTempDir({ prefix: "archway_analytics_" });
    stack.defer(() => Deno.remove(temporary, { recursive: true }));
    const processor = await separate(servers) ? ANALYTICS : undefined;
    const source = { database, replica: replica ?? database, processor };
    const first = { ...source, folder: join(data ?? temporary, "exports") };
    const startedAt = performance.now();
    await exportTo(first);
    progress(`Exported what is new in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    const tables = parts.includes("questions") ? await measureQuestions(run, first) : {};
    if (!parts.includes("payments")) return tables;
    const server = await startService(database, run, {
      main: join(ROOT, "main.ts"),
      env: { ADMISSION_MAX_DELAY: "0s" },
    });
    const workload = keyedPosts("/v1/payments", paymentBodies({ payers: ids, payees: ids }));
    const load = loadOn(run, { server, workload, connections, perSecond: rate });
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
        (ending) => runDuckdb(first.folder, { processor, signal: ending }),
      ),
      during(
        "export of all from a replica",
        (ending) => exportTo({ ...source, folder: join(temporary, String(exports++)) }, ending),
      ),
    ]);
    const where = processor === undefined
      ? "on the same processors"
      : "the replica, DuckDB and exports on a processor of their own";
    return { ...tables, [`Payments meanwhile, ${where}`]: results };
  },
};

/** Runs the replica on a processor of its own, and all others on another one. Returns whether that is possible. */
async function separate({ primary, replicas }: BenchDatabase["servers"]): Promise<boolean> {
  const pids = await Promise.all(replicas.map((replica) => replica.pid()));
  return await pinProcesses(pids, ANALYTICS) &&
    await pinProcesses([Deno.pid, await primary.pid()], PRIMARY);
}

interface Source {
  readonly database: InstanceConfig;
  readonly replica: InstanceConfig;
  readonly folder: string;
  /** Processor of exports and DuckDB. */
  readonly processor: number | undefined;
}

async function measureQuestions(
  run: BenchRun<AnalyticsSetting>,
  { database, replica, folder, processor }: Source,
): Promise<Tables> {
  const asked = (instance: InstanceConfig, question: string) => async (): Promise<Sample> => {
    await using pool = openPool({ primary: instance, replicas: [], statementTimeoutMs: 0 });
    const startedAt = performance.now();
    await pool.reader().query(question);
    return { requestTime: (performance.now() - startedAt) * 1000 };
  };
  const results: Result[] = [];
  for (const { name, title, postgres } of QUESTIONS) {
    results.push(
      ...await compare(run, [
        { name: "on the primary", measure: asked(database, postgres) },
        { name: "on a replica", measure: asked(replica, postgres) },
        {
          name: "in DuckDB",
          measure: async () => {
            const [result] = await runDuckdb(folder, { names: [name], processor });
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

/** Exports payments and accounts, from the replica. */
async function exportTo(
  { database, replica, folder, processor }: Source,
  signal?: AbortSignal,
): Promise<void> {
  const program = processor === undefined ? [] : ["taskset", "--cpu-list", String(processor)];
  const [command = "", ...args] = [
    ...program,
    ...[Deno.execPath(), "run", "--quiet", "-P", "main.ts"],
    ...["export", "payments", "accounts", "--to", folder],
  ];
  const { success, stderr } = await new Deno.Command(command, {
    args,
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
