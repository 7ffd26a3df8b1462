import { compareRows } from "./rows_scenario.ts";
import { startService } from "./programs.ts";
import { type LoadSetting, loadSettings, type Scenario } from "./scenario.ts";
import { startBenchDatabase } from "./start_bench_database.ts";

/** The service as one process, and as two with their supervisor, whose processor time is that of all three. */
export const processesScenario: Scenario<LoadSetting> = {
  name: "processes",
  description: "the service as one process and as two (WORKERS=2)",
  parts: ["health", "one", "list", "create", "patch"],
  settings: loadSettings({ rounds: 5, seconds: 2, connections: 32 }),
  measure: async (run) => {
    const { database, ids } = await startBenchDatabase(run);
    const env = { WORKERS: "2" };
    const servers = {
      one: await startService(database, run),
      two: await startService(database, run, { env, permissions: "workers" }),
    };
    // Until then one of the two processes serves alone.
    await servers.two.untilHealthy(run.signal);
    return { "": await compareRows(run, { servers, ids }) };
  },
};
