import type { GrowthRun, GrowthSetting } from "./growth/growth_run.ts";
import { measureConnections } from "./growth/measure_connections.ts";
import { measureOperations } from "./growth/measure_operations.ts";
import { measureRows } from "./growth/measure_rows.ts";
import { measureSeen } from "./growth/measure_seen.ts";
import { loadSettings, type Scenario, type Tables } from "./scenario.ts";

/** Parts by their name; each starts programs and databases of its own. */
const PARTS: Readonly<Record<string, (run: GrowthRun) => Promise<Tables>>> = {
  connections: measureConnections,
  rows: measureRows,
  operations: measureOperations,
  seen: measureSeen,
};

/** Memory and latency with much more of one thing each. */
export const growthScenario: Scenario<GrowthSetting> = {
  name: "growth",
  description: "cost of idle connections, rows, operations, and of all that was seen once",
  parts: Object.keys(PARTS),
  settings: {
    ...loadSettings({ rounds: 3, seconds: 2, connections: 16 }),
    idle: { default: 50_000, min: 1000, max: 100_000, whole: true, help: "idle connections" },
    contacts: { default: 10_000_000, min: 20_000, max: 10_000_000, whole: true, help: "rows of the table" },
    operations: { default: 1000, min: 10, max: 5000, whole: true, help: "operations of the document" },
    seen: { default: 1_000_000, min: 1000, max: 10_000_000, whole: true, help: "distinct requests" },
  },
  measure: async (run) => {
    let tables: Tables = {};
    for (const part of run.parts) {
      // Each part ends its programs, so that none burdens the next one.
      await using stack = new AsyncDisposableStack();
      tables = { ...tables, ...await PARTS[part]?.({ ...run, stack }) };
    }
    return tables;
  },
};
