import { compare, type Result } from "./compare.ts";
import { loadOn } from "./measure_process.ts";
import { startService } from "./programs.ts";
import { CONTACTS, ROWS } from "./rows_scenario.ts";
import { type LoadSetting, loadSettings, type Scenario } from "./scenario.ts";
import { startBenchDatabase } from "./start_bench_database.ts";

const { rounds, seconds } = loadSettings({ rounds: 3, seconds: 3, connections: 1 });

/** Clients with one request in flight, step by step. */
const STEPS = [8, 32, 128, 256];

/** Requests per second of one process and two by the number of clients, up to which the 99th percentile is short enough. */
export const capacityScenario: Scenario<Exclude<LoadSetting, "connections">> = {
  name: "capacity",
  description: `the service as one process and as two, with ${STEPS.join(", ")} clients`,
  parts: ["one", "list", "create", "patch"],
  settings: { rounds, seconds },
  measure: async (run) => {
    const { database, ids } = await startBenchDatabase(run);
    const one = await startService(database, run);
    const two = await startService(database, run, { env: { WORKERS: "2" }, permissions: "workers" });
    // Until then one of the two processes serves alone.
    await two.untilHealthy(run.signal);
    const tables: Record<string, readonly Result[]> = {};
    for (const [, row] of Object.entries(ROWS).filter(([name]) => run.parts.includes(name))) {
      const variants = Object.entries({ one, two }).flatMap(([name, server]) =>
        STEPS.map((connections) => ({
          name: `${name}, ${connections} clients`,
          measure: async (milliseconds: number) => {
            const workload = await row.workload({ server, path: CONTACTS, ids });
            return await loadOn(run, { server, workload, connections, mayReject: true })(milliseconds);
          },
        }))
      );
      tables[row.label] = await compare(run, variants, { compared: [] });
    }
    return tables;
  },
};
