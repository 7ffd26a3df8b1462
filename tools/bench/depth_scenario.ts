import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import type { BenchRun } from "./bench_run.ts";
import { compare, type Result } from "./compare.ts";
import { compareRows } from "./rows_scenario.ts";
import { cursorPages, type DeepPages, otherPages } from "./deep_pages.ts";
import type { HttpServerProcess } from "./http_server_process.ts";
import { loadOn } from "./measure_process.ts";
import { startBareServer, startService } from "./programs.ts";
import { type LoadSetting, loadSettings, type Scenario, type Tables } from "./scenario.ts";
import { type BenchDatabase, startBenchDatabase } from "./start_bench_database.ts";
import { reads } from "./workload.ts";

type DepthRun = BenchRun<LoadSetting | "contacts">;

/** Pages at several depths, under load by cursor and for one client all there are, and reads with replicas. */
export const depthScenario: Scenario<LoadSetting | "contacts"> = {
  name: "depth",
  description: "pages by their depth, and reads with replicas, on a million contacts",
  parts: ["load", "alone", "replicas"],
  settings: {
    ...loadSettings({ rounds: 5, seconds: 2, connections: 16 }),
    // Deep in the list there have to be pages enough to walk through.
    contacts: { default: 1_000_000, min: 20_000, max: 10_000_000, whole: true, help: "contacts in the list" },
  },
  measure: async (run) => {
    const { parts, settings: { contacts } } = run;
    const replicas = parts.includes("replicas") ? 2 : 0;
    // All of the table fits, and no checkpoint interferes with a round.
    const settings = { shared_buffers: "512MB", max_wal_size: "4GB" };
    const filled = await startBenchDatabase(run, { contacts, replicas, settings });
    return {
      ...parts.some((part) => part !== "replicas") && await measureDepth(run, filled),
      ...replicas > 0 && { "Reads with replicas": await measureReplicas(run, filled) },
    };
  },
};

async function measureDepth(run: DepthRun, { database }: BenchDatabase): Promise<Tables> {
  const { parts, settings: { contacts, connections }, signal } = run;
  const secret = crypto.randomUUID();
  await using stack = new AsyncDisposableStack();
  const server = await startService(database, { stack, signal }, { env: { HMAC_SECRET: secret } });
  const depths = [1, contacts / 10, contacts * 9 / 10].map(Math.floor);
  const byCursor = await cursorPages({ database, server, secret, depths });
  const pages = { ...byCursor, ...await otherPages(database, depths) };
  const measure = (pages: DeepPages, connections: number): Promise<readonly Result[]> => {
    const variants = Object.entries(pages).map(([name, paths]) => ({
      name,
      measure: loadOn(run, { server, workload: reads(paths), connections }),
    }));
    return compare(run, variants, { compared: ["processorTime", "p50"] });
  };
  return {
    ...parts.includes("load") && { "Pages of 20 under load": await measure(byCursor, connections) },
    ...parts.includes("alone") && { "Pages of 20, one client": await measure(pages, 1) },
  };
}

async function measureReplicas(
  run: DepthRun,
  { database, replicas, ids }: BenchDatabase,
): Promise<readonly Result[]> {
  const servers: Record<string, HttpServerProcess> = { bare: await startBareServer(database, run) };
  for (const [used, name] of ["no replica", "1 replica", "2 replicas"].entries()) {
    servers[name] = await startService(database, run, { replicas: replicas.slice(0, used) });
  }
  const results: Result[] = [];
  for (const row of ["one", "list"]) {
    const before = await Promise.all(replicas.map(scansOf));
    results.push(...await compareRows(run, { servers, ids, rows: [row], bases: ["bare", "no replica"] }));
    const after = await Promise.all(replicas.map(scansOf));
    if (after.some((scans, index) => scans === before[index])) {
      throw new Error("Reading from a replica failed: it was not used");
    }
  }
  return results;
}

/** Returns how often the indexes of the contacts were used; a server reports it about a second late. */
async function scansOf(instance: InstanceConfig): Promise<bigint> {
  await using pool = openPool({ primary: instance, replicas: [] });
  const { rows: [row] } = await pool.writer().query<{ scans: bigint }>(
    "select idx_scan as scans from pg_stat_user_tables where relname = 'contacts'",
  );
  return row?.scans ?? 0n;
}
