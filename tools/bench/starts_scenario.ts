import { temporaryDirectory } from "../support/once.ts";
import { compare } from "./compare.ts";
import { loadOn } from "./measure_process.ts";
import { CONTACTS } from "./rows_scenario.ts";
import type { Sample } from "./metrics.ts";
import { type ServiceDatabase, startService } from "./programs.ts";
import { residentMegabytes } from "./resident_memory.ts";
import { loadSettings, type Scenario } from "./scenario.ts";
import { startBenchDatabase } from "./start_bench_database.ts";
import { creations, reads } from "./workload.ts";

const LOAD_MS = 2000;
const { rounds, connections } = loadSettings({ rounds: 3, seconds: LOAD_MS / 1000, connections: 16 });

/** Starts on each kind of database, and memory before and after load. */
export const startsScenario: Scenario<"rounds" | "connections"> = {
  name: "starts",
  description: "starts of the service until it is ready, and its memory",
  parts: ["starts"],
  settings: {
    rounds: { ...rounds, help: "starts on each database" },
    connections: { ...connections, help: "clients of the load before memory is read" },
  },
  isDefault: true,
  measure: async (run) => {
    const { settings: { connections }, signal } = run;
    const { database } = await startBenchDatabase(run);
    const directory = await Deno.makeTempDir({ dir: temporaryDirectory(), prefix: "archway_bench_" });
    run.stack.defer(() => Deno.remove(directory, { recursive: true }));

    async function measureStart(database: ServiceDatabase, { loaded = true } = {}): Promise<Sample> {
      await using stack = new AsyncDisposableStack();
      const start = performance.now();
      const server = await startService(database, { stack, signal });
      const startTime = (performance.now() - start) * 1000;
      if (!loaded) return { startTime };
      const memoryAfterStart = await residentMegabytes(server.pid);
      await loadOn(run, { server, connections, workload: creations(CONTACTS) })(LOAD_MS);
      const { memoryAfterLoad } = await loadOn(run, { server, connections, workload: reads([CONTACTS]) })(
        LOAD_MS,
      );
      return { startTime, memoryAfterStart, memoryAfterLoad };
    }

    let round = 0;
    const variants: Readonly<Record<string, () => Promise<Sample>>> = {
      "embedded, empty directory": () =>
        measureStart({ embedded: `${directory}/${++round}` }, { loaded: false }),
      "embedded, again": () => measureStart({ embedded: `${directory}/${round}` }),
      "PostgreSQL, migrated": () => measureStart(database),
    };
    const cold = Object.entries(variants).map(([name, measure]) => ({ name, measure, warmsUp: false }));
    return { "": await compare(run, cold, { inOrder: true, compared: [] }) };
  },
};
