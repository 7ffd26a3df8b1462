import { compareRows, ROWS } from "./compare_rows.ts";
import { startBareServer, startService } from "./programs.ts";
import { type LoadSetting, loadSettings, type Scenario } from "./scenario.ts";
import { startBenchDatabase } from "./start_bench_database.ts";

/** The service beside the bare handler on the same database. */
export const rowsScenario: Scenario<LoadSetting> = {
  name: "rows",
  description: "the service beside a bare handler that runs the same SQL",
  parts: Object.keys(ROWS),
  settings: loadSettings({ rounds: 5, seconds: 2, connections: 16 }),
  isDefault: true,
  measure: async (run) => {
    const { database, ids } = await startBenchDatabase(run);
    const servers = {
      bare: await startBareServer(database, run),
      service: await startService(database, run),
    };
    return { "": await compareRows(run, { servers, ids }) };
  },
};
