import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import type { Table } from "./bench_report.ts";
import { type BenchRun, compare, loadVariant } from "./bench_run.ts";
import type { Result } from "./compare.ts";
import { compareRows } from "./compare_rows.ts";
import { cursorPages, type DeepPage, namedPages, numberedPages } from "./deep_pages.ts";
import type { HttpServerProcess } from "./http_server_process.ts";
import { startBareServer, startService } from "./programs.ts";
import { type LoadSetting, loadSettings, type Scenario } from "./scenario.ts";
import { type BenchDatabase, startBenchDatabase } from "./start_bench_database.ts";

type DepthSetting = LoadSetting | "contacts";

const REPLICAS = 2;

/** Large enough that all of the table fits and no checkpoint interferes with a round. */
const POSTGRES_SETTINGS = { shared_buffers: "512MB", max_wal_size: "4GB" };

/** Pages at several depths, and reads with replicas, on many contacts. */
export const depthScenario: Scenario<DepthSetting> = {
  name: "depth",
  description: "pages by their depth, and reads with replicas, on a million contacts",
  parts: {
    load: "pages by cursor under load",
    alone: "pages by cursor and by number, and lists of a name, for one client",
    replicas:
      "one by id and the first page with no replica, one, two …, beside the bare handler on the primary",
  },
  settings: {
    ...loadSettings({ rounds: 5, seconds: 2, connections: 16 }),
    // Deep in the list there have to be pages enough to walk through.
    contacts: {
      default: 1_000_000,
      min: 20_000,
      max: 10_000_000,
      whole: true,
      help: "contacts in the list",
    },
  },
  measure: async (run) => {
    const measured = await startBenchDatabase(run, {
      contacts: run.settings.contacts,
      replicas: run.parts.includes("replicas") ? REPLICAS : 0,
      settings: POSTGRES_SETTINGS,
    });
    const tables = run.parts.some((part) => part !== "replicas") ? await measureDepth(run, measured) : [];
    if (!run.parts.includes("replicas")) return tables;
    return [...tables, { title: "Reads with replicas", results: await measureReplicas(run, measured) }];
  },
};

async function measureDepth(
  run: BenchRun<DepthSetting>,
  { database }: BenchDatabase,
): Promise<readonly Table[]> {
  const secret = crypto.randomUUID();
  await using server = await startService(database, { signal: run.signal, secret });
  const contacts = run.settings.contacts;
  const depths = [1, contacts / 10, contacts * 9 / 10].map(Math.floor);
  const byCursor = await cursorPages({ database, server, secret, depths });
  const measure = (pages: readonly DeepPage[], connections: number): Promise<readonly Result[]> => {
    const variants = pages.map(({ label, paths }) =>
      loadVariant(run, label, { server, workload: { kind: "read", paths }, connections })
    );
    return compare(run, variants, { compared: ["processorTime", "p50"] });
  };
  const tables: Table[] = [];
  if (run.parts.includes("load")) {
    tables.push({
      title: "Pages of 20 under load",
      results: await measure(byCursor, run.settings.connections),
    });
  }
  if (run.parts.includes("alone")) {
    const named = await namedPages(database, Math.floor(contacts * 9 / 10));
    const pages = [...byCursor, ...numberedPages(depths), ...named];
    tables.push({ title: "Pages of 20, one client", results: await measure(pages, 1) });
  }
  return tables;
}

async function measureReplicas(
  run: BenchRun<DepthSetting>,
  { database, replicas, ids }: BenchDatabase,
): Promise<readonly Result[]> {
  await using stack = new AsyncDisposableStack();
  const servers: Record<string, HttpServerProcess> = { bare: stack.use(await startBareServer(database)) };
  for (let used = 0; used <= replicas.length; used++) {
    const name = used === 0 ? "no replica" : `${used} replica${used === 1 ? "" : "s"}`;
    const options = { signal: run.signal, replicas: replicas.slice(0, used) };
    servers[name] = stack.use(await startService(database, options));
  }
  const results: Result[] = [];
  for (const row of ["one", "list"] as const) {
    const before = await Promise.all(replicas.map(scansOf));
    results.push(...await compareRows(run, [row], { servers, ids, bases: ["bare", "no replica"] }));
    const after = await Promise.all(replicas.map(scansOf));
    if (after.some((scans, index) => scans === before[index])) {
      throw new Error("Measuring replicas failed: one of them was not read");
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
