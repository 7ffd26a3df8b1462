import { DRIVERS } from "@archway/db/postgres/pool_config.ts";
import { compareRows } from "./rows_scenario.ts";
import type { HttpServerProcess } from "./http_server_process.ts";
import { startBareServer, startService } from "./programs.ts";
import { type LoadSetting, loadSettings, type Scenario } from "./scenario.ts";
import { startBenchDatabase } from "./start_bench_database.ts";

/** The service with each driver beside the bare handler, which uses postgres.js. */
export const driversScenario: Scenario<LoadSetting> = {
  name: "drivers",
  description: "the service with each driver of PostgreSQL beside a bare handler",
  parts: ["health", "one", "list", "create", "patch"],
  settings: loadSettings({ rounds: 5, seconds: 2, connections: 32 }),
  measure: async (run) => {
    const { database, ids } = await startBenchDatabase(run);
    const servers: Record<string, HttpServerProcess> = { bare: await startBareServer(database, run) };
    for (const driver of DRIVERS) {
      servers[driver] = await startService(database, run, { env: { POSTGRES_DRIVER: driver } });
    }
    return { "": await compareRows(run, { servers, ids }) };
  },
};
