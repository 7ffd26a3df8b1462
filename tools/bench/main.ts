import { dirname } from "node:path";
import { services } from "../../services.ts";
import { type BenchOptions, benchUsage, parseBenchOptions } from "./bench_options.ts";
import { renderReport, type ScenarioReport } from "./bench_report.ts";
import { progress } from "./progress.ts";
import { SCENARIOS, serviceScenarios } from "./scenarios.ts";

/** Runs scenarios one after the other; ends everything that each starts. */
async function bench({ runs, json }: BenchOptions, signal: AbortSignal): Promise<void> {
  // First, so that a folder that cannot be written to is reported at once.
  if (json !== undefined) await Deno.mkdir(dirname(json), { recursive: true });
  const cores = navigator.hardwareConcurrency;
  const reports: ScenarioReport[] = [];
  for (const { scenario, ...run } of runs) {
    await using stack = new AsyncDisposableStack();
    const tables = await scenario.measure({ ...run, stack, signal });
    const { name, description } = scenario;
    const report = { name, description, settings: run.settings, cores, tables };
    reports.push(report);
    await write(`\n${renderReport(report)}`);
  }
  if (json !== undefined) await Deno.writeTextFile(json, `${JSON.stringify(reports, null, 2)}\n`);
}

/** Returns the exit code: 0, 1 if measuring failed, 2 on bad usage, 130 after a signal. */
async function main(args: string[]): Promise<number> {
  const scenarios = [...SCENARIOS, ...await serviceScenarios(services)];
  let options: BenchOptions | undefined;
  try {
    options = parseBenchOptions(args, scenarios);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    progress(`${error.message}; see deno task bench --help`);
    return 2;
  }
  if (options === undefined) {
    await write(benchUsage(scenarios));
    return 0;
  }
  const stopping = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(name, () => stopping.abort());
  try {
    await bench(options, stopping.signal);
    return 0;
  } catch (error) {
    // Whatever failed because of it, the reason is the signal.
    if (stopping.signal.aborted) return 130;
    progress(error instanceof Error ? error.message : "The bench failed");
    return 1;
  }
}

async function write(text: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(text));
}

if (import.meta.main) Deno.exit(await main(Deno.args));
