import { compareRows, pickedRows, rowParts } from "./compare_rows.ts";
import { startBareServer, startService } from "./programs.ts";
import type { RowName } from "./row_workload.ts";
import { type LoadSetting, loadSettings, type Scenario } from "./scenario.ts";
import { startBenchDatabase } from "./start_bench_database.ts";

const ROWS: readonly RowName[] = ["health", "one", "list", "next", "create", "patch"];

/** The service beside the bare handler on the same database. */
export const rowsScenario: Scenario<LoadSetting> = {
  name: "rows",
  description: "the service beside a bare handler that runs the same SQL",
  parts: rowParts(ROWS),
  settings: loadSettings({ rounds: 5, seconds: 2, connections: 16 }),
  isDefault: true,
  measure: async (run) => {
    const { stack, signal } = run;
    const { database, ids } = await startBenchDatabase(run);
    const servers = {
      bare: stack.use(await startBareServer(database)),
      service: stack.use(await startService(database, { signal })),
    };
    return [{ title: "", results: await compareRows(run, pickedRows(run, ROWS), { servers, ids }) }];
  },
};
