import { temporaryDirectory } from "../support/once.ts";
import { type BenchRun, compare, measureLoad } from "./bench_run.ts";
import type { Variant } from "./compare.ts";
import type { HttpServerProcess } from "./http_server_process.ts";
import type { Sample } from "./metrics.ts";
import { type ServiceDatabase, startService } from "./programs.ts";
import { residentMegabytes } from "./resident_memory.ts";
import { CONTACTS } from "./row_workload.ts";
import { loadSettings, type Scenario } from "./scenario.ts";
import { startBenchDatabase } from "./start_bench_database.ts";

const LOAD_MS = 2000;

const { rounds, connections } = loadSettings({ rounds: 3, seconds: LOAD_MS / 1000, connections: 16 });

/** Starts on each kind of database, and memory before and after load. */
export const startsScenario: Scenario<"rounds" | "connections"> = {
  name: "starts",
  description: "starts of the service until it is ready, and its memory",
  parts: { starts: "embedded in an empty directory, embedded again, PostgreSQL that is migrated" },
  settings: {
    rounds: { ...rounds, help: "starts on each database" },
    connections: { ...connections, help: "clients of the load before memory is read" },
  },
  isDefault: true,
  measure: async (run) => {
    const { database } = await startBenchDatabase(run);
    const directory = await Deno.makeTempDir({ dir: temporaryDirectory(), prefix: "archway_bench_" });
    run.stack.defer(() => Deno.remove(directory, { recursive: true }));
    let start = 0;
    const variants: readonly Variant[] = [
      {
        name: "embedded, empty directory",
        measure: () => measureStart(run, { embedded: `${directory}/${++start}` }),
      },
      {
        name: "embedded, again",
        measure: () => measureStart(run, { embedded: `${directory}/${start}` }, measureMemory),
      },
      { name: "PostgreSQL, migrated", measure: () => measureStart(run, database, measureMemory) },
    ];
    const cold = variants.map((variant) => ({ ...variant, warmsUp: false }));
    return [{ title: "", results: await compare(run, cold, { inOrder: true, compared: [] }) }];
  },
};

type StartsRun = BenchRun<"connections">;

async function measureStart(
  run: StartsRun,
  database: ServiceDatabase,
  more: (run: StartsRun, service: HttpServerProcess) => Promise<Sample> = () => Promise.resolve({}),
): Promise<Sample> {
  const start = performance.now();
  await using service = await startService(database, { signal: run.signal });
  const startTime = (performance.now() - start) * 1000;
  return { startTime, ...await more(run, service) };
}

async function measureMemory(run: StartsRun, server: HttpServerProcess): Promise<Sample> {
  const memoryAfterStart = await residentMegabytes(server.pid);
  const { connections } = run.settings;
  const workloads = [{ kind: "create", path: CONTACTS }, { kind: "read", paths: [CONTACTS] }] as const;
  for (const workload of workloads) await measureLoad(run, { server, workload, connections }, LOAD_MS);
  return { memoryAfterStart, memoryAfterLoad: await residentMegabytes(server.pid) };
}
