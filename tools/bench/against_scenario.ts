import { resolve } from "node:path";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import { compareRows, ROWS, walkFrom } from "./rows_scenario.ts";
import type { HttpServerProcess } from "./http_server_process.ts";
import { loadServer } from "./load_server.ts";
import { type ProgramOwner, startService } from "./programs.ts";
import { type LoadSetting, loadSettings, type Scenario } from "./scenario.ts";
import { startBenchDatabase } from "./start_bench_database.ts";
import { creations } from "./workload.ts";

const ITEMS = 20_000;
const IDS = 4096;

/** Maximum number of items on a page. */
const LIMIT = 200;

/** The main program of this checkout beside that of another one, on databases with the same contents. */
export const againstScenario: Scenario<LoadSetting> = {
  name: "against",
  description: "main.ts of this checkout beside that of another one (--against, --path)",
  parts: Object.keys(ROWS),
  settings: loadSettings({ rounds: 5, seconds: 2, connections: 16 }),
  isDefault: true,
  needsCheckout: true,
  measure: async (run) => {
    const { signal, against: { checkout, path } = { checkout: ".", path: "" } } = run;
    /** Fills a database through the other program, which alone knows its tables. */
    const fill = async (database: InstanceConfig): Promise<readonly string[]> => {
      await using stack = new AsyncDisposableStack();
      const server = await startService(database, { stack, signal }, { main: resolve(checkout, "main.ts") });
      const load = { connections: 16, milliseconds: 500, signal };
      for (let created = 0; created < ITEMS;) {
        created += (await loadServer(server.target, creations(path), load)).requests;
      }
      await using pool = openPool({ primary: database, replicas: [], statementTimeoutMs: 0 });
      await pool.writer().query("vacuum (analyze)");
      const pages = await walkFrom(`${path}?limit=${LIMIT}`, { server, pages: Math.ceil(IDS / LIMIT) });
      return pages.flatMap(({ ids }) => ids).slice(0, IDS);
    };
    const { database, ids } = await startBenchDatabase(run, { fill });
    const servers = await startCheckouts(checkout, database, run);
    return { "": await compareRows(run, { servers, ids, path }) };
  },
};

/** Starts main.ts of another checkout on a database without connections, and that of this one on a copy of it. */
export async function startCheckouts(
  checkout: string,
  database: InstanceConfig,
  owner: ProgramOwner,
): Promise<Readonly<Record<"other" | "this", HttpServerProcess>>> {
  const copy = { ...database, database: `${database.database}_copy` };
  {
    await using pool = openPool({ primary: { ...database, database: "postgres" }, replicas: [] });
    await pool.writer().query(`create database ${copy.database} template ${database.database}`);
  }
  return {
    other: await startService(database, owner, { main: resolve(checkout, "main.ts") }),
    this: await startService(copy, owner, { main: "main.ts" }),
  };
}
