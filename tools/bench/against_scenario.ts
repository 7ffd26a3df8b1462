import { resolve } from "node:path";
import { openPool } from "@archway/db/postgres/open_pool.ts";
import type { InstanceConfig } from "@archway/db/postgres/pool_config.ts";
import type { AgainstOptions } from "./bench_options.ts";
import type { BenchRun } from "./bench_run.ts";
import { compareRows, pickedRows, rowParts } from "./compare_rows.ts";
import type { HttpServerProcess } from "./http_server_process.ts";
import { startService } from "./programs.ts";
import { collectIds, type RowName } from "./row_workload.ts";
import { type LoadSetting, loadSettings, type Scenario } from "./scenario.ts";
import { startBenchDatabase } from "./start_bench_database.ts";

const ROWS: readonly RowName[] = ["health", "one", "list", "next", "create", "patch"];

const ITEMS = 20_000;
const IDS = 4096;

/** The main program of this checkout beside that of another one, on databases with the same contents. */
export const againstScenario: Scenario<LoadSetting> = {
  name: "against",
  description: "main.ts of this checkout beside that of another one (--against, --path)",
  parts: rowParts(ROWS),
  settings: loadSettings({ rounds: 5, seconds: 2, connections: 16 }),
  needsCheckout: true,
  measure: async (run) => {
    const { against } = run;
    if (against === undefined) throw new TypeError("against needs --against and --path");
    const { database, ids } = await startBenchDatabase(run, {
      fill: (database) => fill(database, against, run),
    });
    const servers = await startCheckouts(against, { ...run, database });
    const { path } = against;
    return [{ title: "", results: await compareRows(run, pickedRows(run, ROWS), { servers, ids, path }) }];
  },
};

/** Fills a database through the program of another checkout, which alone knows its tables. */
async function fill(
  database: InstanceConfig,
  { checkout, path }: AgainstOptions,
  { generator, signal }: BenchRun,
): Promise<readonly string[]> {
  await using server = await startService(database, { main: mainOf(checkout), signal });
  const command = {
    target: server.target,
    workload: { kind: "create", path },
    options: { connections: 16, milliseconds: 500 },
  } as const;
  for (let created = 0; created < ITEMS;) {
    signal.throwIfAborted();
    created += (await generator.run(command)).requests;
  }
  await using pool = openPool({ primary: database, replicas: [], statementTimeoutMs: 0 });
  await pool.writer().query("vacuum (analyze)");
  return await collectIds(path, { server, count: IDS });
}

/** Starts main.ts of another checkout on a database without connections, and that of this one on a copy of it. */
export async function startCheckouts(
  { checkout }: AgainstOptions,
  { database, stack, signal }: Pick<BenchRun, "stack" | "signal"> & { readonly database: InstanceConfig },
): Promise<Readonly<Record<"other" | "this", HttpServerProcess>>> {
  const copy = { ...database, database: `${database.database}_copy` };
  {
    await using pool = openPool({ primary: { ...database, database: "postgres" }, replicas: [] });
    await pool.writer().query(`create database ${copy.database} template ${database.database}`);
  }
  return {
    other: stack.use(await startService(database, { main: mainOf(checkout), signal })),
    this: stack.use(await startService(copy, { main: "main.ts", signal })),
  };
}

function mainOf(checkout: string): string {
  return resolve(checkout, "main.ts");
}
