import { join } from "node:path";
import { ChildProcess } from "./child_process.ts";
import { compare, type Result } from "./compare.ts";
import { measureProcess } from "./measure_process.ts";
import { preparePipelining } from "./pipelining_load.ts";
import type { PipeliningConfig, PipeliningLoad } from "./pipelining_load.ts";
import { DRIVER_PERMISSIONS } from "./programs.ts";
import type { LoadResult } from "./run_load.ts";
import { type LoadSetting, loadSettings, type Scenario } from "./scenario.ts";
import { startBenchDatabase } from "./start_bench_database.ts";

/** Numbers of statements in flight on one connection that are compared; the default of the pool is one of them. */
const DEPTHS = [1, 2, 5, 8, 16, 32] as const;

/** Rows by part: one in so many reads waits 50 ms in the server. */
const ROWS = {
  quick: { label: "all quick", slowOneIn: 0 },
  rare: { label: "1 in 1,000 slow", slowOneIn: 1_000 },
  frequent: { label: "1 in 200 slow", slowOneIn: 200 },
} as const;

/** The pool with numbers of statements per connection, judged by the latency of quick reads beside slow ones. */
export const pipeliningScenario: Scenario<LoadSetting> = {
  name: "pipelining",
  description: "the pool with 1 to 32 statements per connection, with slow reads among quick ones",
  parts: Object.keys(ROWS),
  settings: loadSettings({ rounds: 5, seconds: 1, connections: 32 }),
  measure: async (run) => {
    const { parts, stack, settings: { connections: callers } } = run;
    const fill = async (database: PipeliningConfig["database"]): Promise<readonly string[]> => {
      await preparePipelining(database);
      return [];
    };
    const { database } = await startBenchDatabase(run, { fill });
    const file = join(import.meta.dirname ?? ".", "pipelining_load.ts");
    const programs = DEPTHS.map((depth) => {
      const config: PipeliningConfig = { database: { ...database, driver: "wire" }, depth };
      const args = [...DRIVER_PERMISSIONS, file, JSON.stringify(config)];
      return { name: String(depth), program: stack.use(new ChildProcess({ args, showErrors: true })) };
    });
    const results: Result[] = [];
    for (const [part, { label: row, slowOneIn }] of Object.entries(ROWS)) {
      if (!parts.includes(part)) continue;
      const variants = programs.map(({ name, program }) => ({
        name,
        measure: (milliseconds: number) => {
          const load: PipeliningLoad = { milliseconds, callers, slowOneIn };
          return measureProcess(program.pid, () => program.request<LoadResult>(load));
        },
      }));
      results.push(...await compare(run, variants, { row }));
    }
    return { "": results };
  },
};
