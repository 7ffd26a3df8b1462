import { measureOverload } from "./measure_overload.ts";
import { OVERLOAD_USAGE, type OverloadOptions, parseOverloadOptions } from "./overload_options.ts";
import { type OverloadResults, type OverloadRow, renderOverloadReport } from "./overload_report.ts";
import { startService } from "./programs.ts";
import type { Scenario } from "./request_sources.ts";
import { CONTACTS } from "./row_scenario.ts";
import { progress, runBench } from "./run_bench.ts";
import { startBenchDatabase } from "./start_bench_database.ts";

/** A cheap request, and one that keeps the database busy. */
const SCENARIOS: readonly (readonly [string, Scenario])[] = [
  ["list", { kind: "read", paths: [CONTACTS] }],
  ["page by number", { kind: "read", paths: [`${CONTACTS}?page=500`] }],
];

const ADMISSIONS = [["refusing", "100ms"], ["letting in", "0s"]] as const;

/** Measures what becomes of the work that can be done when much more is asked for. What it starts, it stops. */
async function benchOverload(options: OverloadOptions, signal: AbortSignal): Promise<OverloadResults> {
  await using stack = new AsyncDisposableStack();
  progress("Starting PostgreSQL and filling a database");
  const { database, generator } = stack.use(await startBenchDatabase(signal));
  const rows: OverloadRow[] = [];
  for (const [admission, delay] of ADMISSIONS) {
    const server = stack.use(await startService(database, { env: { ADMISSION_MAX_DELAY: delay } }));
    await server.untilOk("/readyz", signal);
    for (const [name, scenario] of SCENARIOS) {
      const label = `${name}, ${admission}`;
      progress(`Measuring: ${label}`);
      rows.push({ label, ...await measureOverload(scenario, { ...options, generator, server, signal }) });
    }
  }
  const { rounds, seconds, connections, crowd, times } = options;
  return { rounds, seconds, connections, crowd, times, cores: navigator.hardwareConcurrency, rows };
}

if (import.meta.main) {
  await runBench({
    usage: OVERLOAD_USAGE,
    parse: parseOverloadOptions,
    measure: benchOverload,
    render: renderOverloadReport,
  });
}
