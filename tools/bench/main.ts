import { temporaryDirectory } from "../support/once.ts";
import { type BenchOptions, parseBenchOptions, USAGE } from "./bench_options.ts";
import { fillThrough, startCheckouts } from "./checkouts.ts";
import { compareRow, type Comparison } from "./compare_rows.ts";
import { measureStarts, type Starts } from "./measure_starts.ts";
import { startBareServer, startService } from "./programs.ts";
import { type BenchResults, renderReport } from "./report.ts";
import { CONTACTS } from "./row_scenario.ts";
import { progress, runBench } from "./run_bench.ts";
import { type BenchDatabase, startBenchDatabase } from "./start_bench_database.ts";

/** Measures what is asked for. What it starts, it stops, however it ends. */
async function bench(options: BenchOptions, signal: AbortSignal): Promise<BenchResults> {
  const { rounds, seconds, connections, against } = options;
  progress("Starting PostgreSQL and filling a database");
  await using started = await startBenchDatabase(signal, against && fillThrough(against, signal));
  return {
    rounds,
    seconds,
    connections,
    cores: navigator.hardwareConcurrency,
    names: against === undefined ? ["service", "bare"] : ["this", "other"],
    comparisons: options.rows.length === 0 ? [] : await compareRows(options, { ...started, signal }),
    starts: options.starts ? await measureAllStarts(options, { ...started, signal }) : undefined,
  };
}

async function compareRows(
  { rows, rounds, seconds, connections, against }: BenchOptions,
  { database, ids, generator, signal }: BenchDatabase & { readonly signal: AbortSignal },
): Promise<readonly Comparison[]> {
  await using stack = new AsyncDisposableStack();
  const servers = against === undefined
    ? { measured: stack.use(await startService(database)), base: stack.use(await startBareServer(database)) }
    : await startCheckouts(against, { database, stack, signal });
  await servers.measured.untilOk("/readyz", signal);
  const contestants = { ...servers, path: against?.path ?? CONTACTS, ids };
  const comparisons: Comparison[] = [];
  for (const row of rows) {
    progress(`Comparing: ${row}`);
    const turns = { generator, rounds, seconds, connections, signal };
    comparisons.push(await compareRow(row, contestants, turns));
  }
  return comparisons;
}

async function measureAllStarts(
  { connections }: BenchOptions,
  { database, generator, signal }: BenchDatabase & { readonly signal: AbortSignal },
): Promise<Starts> {
  progress("Measuring starts and memory");
  await using stack = new AsyncDisposableStack();
  const directory = await Deno.makeTempDir({ dir: temporaryDirectory(), prefix: "archway_bench_" });
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  return await measureStarts({ real: database, directory, generator, connections, signal });
}

if (import.meta.main) {
  await runBench({ usage: USAGE, parse: parseBenchOptions, measure: bench, render: renderReport });
}
