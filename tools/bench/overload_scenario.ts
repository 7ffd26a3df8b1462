import { type BenchRun, compare, measureLoad } from "./bench_run.ts";
import type { Result } from "./compare.ts";
import type { HttpServerProcess } from "./http_server_process.ts";
import type { Sample } from "./metrics.ts";
import { startService } from "./programs.ts";
import type { Workload } from "./request_sources.ts";
import { CONTACTS } from "./row_workload.ts";
import { type LoadSetting, loadSettings, type Scenario } from "./scenario.ts";
import { startBenchDatabase } from "./start_bench_database.ts";

/** A cheap request, and one that keeps the database busy. */
const WORKLOADS: Readonly<Record<string, Workload>> = {
  "list": { kind: "read", paths: [CONTACTS] },
  "page by number": { kind: "read", paths: [`${CONTACTS}?page=500`] },
};

type OverloadSetting = LoadSetting | "crowd" | "times";

const ADMISSIONS = { "load shedding": "100ms", "no load shedding": "0s" } as const;

/** Bearable load, overload and bearable load again, in every round. */
export const overloadScenario: Scenario<OverloadSetting> = {
  name: "overload",
  description: "goodput under more load than the service can serve, and afterwards",
  parts: { "load shedding": "ADMISSION_MAX_DELAY=100ms", "no load shedding": "ADMISSION_MAX_DELAY=0s" },
  settings: {
    ...loadSettings({ rounds: 5, seconds: 3, connections: 16 }),
    crowd: { default: 320, max: 2000, whole: true, help: "clients under overload" },
    times: {
      default: 10,
      min: 1,
      max: 100,
      whole: false,
      help: "requests due by those that can be served",
    },
  },
  measure: async (run) => {
    const { database } = await startBenchDatabase(run);
    const results: Result[] = [];
    for (const [admission, delay] of Object.entries(ADMISSIONS)) {
      if (!run.parts.includes(admission)) continue;
      const env = { ADMISSION_MAX_DELAY: delay };
      const server = run.stack.use(await startService(database, { signal: run.signal, env }));
      for (const [name, workload] of Object.entries(WORKLOADS)) {
        results.push(...await measureOverload(`${name}, ${admission}`, { run, server, workload }));
      }
    }
    return [{ title: "", results }];
  },
};

interface OverloadOptions {
  readonly run: BenchRun<OverloadSetting>;
  readonly server: HttpServerProcess;
  readonly workload: Workload;
}

/** The ratio of the crowd is the goodput, and that of the few clients afterwards the recovery. */
async function measureOverload(
  row: string,
  { run, server, workload }: OverloadOptions,
): Promise<readonly Result[]> {
  const { connections, crowd, times } = run.settings;
  const load = { server, workload, connections, mayReject: true };
  let capacity = 0;
  const few = async (milliseconds: number): Promise<Sample> => {
    const sample = await measureLoad(run, load, milliseconds);
    capacity = sample.requestsPerSecond ?? 0;
    return sample;
  };
  const overload = (milliseconds: number): Promise<Sample> =>
    measureLoad(run, { ...load, connections: crowd, perSecond: capacity * times }, milliseconds);
  return await compare(run, [
    { name: "few", measure: few },
    { name: "crowd", measure: overload, warmsUp: false },
    { name: "few again", measure: few, warmsUp: false },
  ], { row, inOrder: true });
}
