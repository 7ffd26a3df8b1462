import { compare, type Result } from "./compare.ts";
import { loadOn } from "./measure_process.ts";
import { CONTACTS } from "./rows_scenario.ts";
import type { Sample } from "./metrics.ts";
import { startService } from "./programs.ts";
import { type LoadSetting, loadSettings, type Scenario } from "./scenario.ts";
import { startBenchDatabase } from "./start_bench_database.ts";
import { reads, type Workload } from "./workload.ts";

/** A cheap request, and one that keeps the database busy. */
const WORKLOADS: Readonly<Record<string, Workload>> = {
  "list": reads([CONTACTS]),
  "page by number": reads([`${CONTACTS}?page=500`]),
};

/** Load shedding by part. */
const ADMISSIONS = {
  shedding: { label: "load shedding", delay: "100ms" },
  none: { label: "no load shedding", delay: "0s" },
} as const;

/** Bearable load, overload and bearable load again, in every round. */
export const overloadScenario: Scenario<LoadSetting | "crowd" | "times"> = {
  name: "overload",
  description: "goodput (the ratio of requests per second) under too much load, and afterwards",
  parts: Object.keys(ADMISSIONS),
  settings: {
    ...loadSettings({ rounds: 5, seconds: 3, connections: 16 }),
    crowd: { default: 320, max: 2000, whole: true, help: "clients under overload" },
    times: { default: 10, min: 1, max: 100, whole: false, help: "requests due by those that can be served" },
  },
  measure: async (run) => {
    const { connections, crowd, times } = run.settings;
    const { database } = await startBenchDatabase(run);
    const results: Result[] = [];
    for (const [part, { label, delay }] of Object.entries(ADMISSIONS)) {
      if (!run.parts.includes(part)) continue;
      const server = await startService(database, run, { env: { ADMISSION_MAX_DELAY: delay } });
      for (const [name, workload] of Object.entries(WORKLOADS)) {
        const load = { server, workload, connections, mayReject: true };
        const few = loadOn(run, load);
        let capacity = 0;
        const quiet = async (milliseconds: number): Promise<Sample> => {
          const sample = await few(milliseconds);
          capacity = sample.requestsPerSecond ?? 0;
          return sample;
        };
        const overload = (milliseconds: number): Promise<Sample> =>
          loadOn(run, { ...load, connections: crowd, perSecond: capacity * times })(milliseconds);
        results.push(
          ...await compare(run, [
            { name: "few", measure: quiet },
            { name: "crowd", measure: overload, warmsUp: false },
            { name: "few again", measure: few, warmsUp: false },
          ], { row: `${name}, ${label}`, inOrder: true }),
        );
      }
    }
    return { "": results };
  },
};
