import { FIXTURE_PROGRAM } from "@archway/tools/support/program.ts";
import { startService } from "@archway/tools/bench/programs.ts";
import { compareRows } from "@archway/tools/bench/rows_scenario.ts";
import { type LoadSetting, loadSettings, type Scenario } from "@archway/tools/bench/scenario.ts";
import { startBenchDatabase } from "@archway/tools/bench/start_bench_database.ts";

/** Program that serves what the fixture program does, and lists the cockpit. */
const COCKPIT_PROGRAM = "platform/cockpit/e2e/main.ts";

/** Cost of the cockpit while it is on, and of listing it while it is off. All have an admin port, which it needs. */
const cockpitScenario: Scenario<LoadSetting> = {
  name: "cockpit",
  description: "the cockpit on and off, and a program without it",
  parts: ["health", "one", "list", "create"],
  settings: loadSettings({ rounds: 5, seconds: 2, connections: 16 }),
  measure: async (run) => {
    const { database, ids } = await startBenchDatabase(run);
    const start = (
      main: string,
      more: Readonly<Record<string, string>> = {},
    ): ReturnType<typeof startService> =>
      startService(database, run, { main, env: { ADMIN_PORT: "0", ...more } });
    const servers = {
      off: await start(COCKPIT_PROGRAM),
      without: await start(FIXTURE_PROGRAM),
      on: await start(COCKPIT_PROGRAM, { COCKPIT: "true" }),
    };
    return { "": await compareRows(run, { servers, ids }) };
  },
};

/** Scenarios that `deno task bench` adds to those of the platform. */
export const scenarios: readonly Scenario[] = [cockpitScenario];
