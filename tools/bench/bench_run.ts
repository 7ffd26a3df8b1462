import { alternate, type Result, resultsOf, type Variant } from "./compare.ts";
import type { HttpServerProcess } from "./http_server_process.ts";
import type { LoadGenerator } from "./load_generator.ts";
import type { Metric, Sample } from "./metrics.ts";
import { processorTime } from "./processor_time.ts";
import { progress } from "./progress.ts";
import type { Workload } from "./request_sources.ts";
import type { LoadOptions, LoadResult } from "./run_load.ts";
import type { ScenarioRun } from "./scenario.ts";

/** One run of a scenario, and its means. */
export interface BenchRun<Setting extends string = string> extends ScenarioRun<Setting> {
  readonly generator: LoadGenerator;
  /** Owner of what the scenario starts. */
  readonly stack: AsyncDisposableStack;
  readonly signal: AbortSignal;
}

/** A load on a server. */
export interface ServerLoad extends Omit<LoadOptions, "milliseconds"> {
  readonly server: HttpServerProcess;
  readonly workload: Workload;
  /** Whether the server may reject requests with 503. @default {false} */
  readonly mayReject?: boolean;
}

/** Returns a function that puts a server under load; it rejects on other statuses than 2xx, and 503 where it may be. */
export function loadOn(
  { generator, signal }: BenchRun,
  { server: { target, pid }, workload, mayReject = false, ...options }: ServerLoad,
): Variant["measure"] {
  return async (milliseconds) => {
    signal.throwIfAborted();
    const command = { target, workload, options: { ...options, milliseconds } };
    const { sample, load } = await measureProcess(
      pid,
      () => generator.run(command, { expected: mayReject ? [503] : [] }),
    );
    const rejectionsPerSecond = (load.otherStatuses["503"] ?? 0) * 1000 / milliseconds;
    return mayReject ? { ...sample, rejectionsPerSecond } : sample;
  };
}

/** Measures a load, and the processor time that a process uses for it. */
export async function measureProcess(
  pid: number,
  run: () => Promise<LoadResult>,
): Promise<{ readonly sample: Sample; readonly load: LoadResult }> {
  const before = await processorTime(pid) ?? NaN;
  const load = await run();
  const { requests, requestsPerSecond, p50, p99 } = load;
  const time = (await processorTime(pid) ?? NaN) - before;
  return { load, sample: { processorTime: time / requests, requestsPerSecond, p50, p99 } };
}

/** Metrics that are compared if a scenario names no others. */
export const COMPARED: readonly Metric[] = ["processorTime", "requestTime", "requestsPerSecond"];

/** Options of {@link compare}. */
export interface CompareOptions {
  /** Row that the variants belong to. @default none */
  readonly row?: string;
  /** Names of the variants that the others are compared with. @default the first one */
  readonly bases?: readonly string[];
  /** @default COMPARED */
  readonly compared?: readonly Metric[];
  /** Whether every round begins with the first variant. @default {false} */
  readonly inOrder?: boolean;
}

/** Measures variants in the alternating rounds of a run. */
export async function compare(
  { settings, signal }: Pick<BenchRun, "settings" | "signal">,
  variants: readonly Variant[],
  { row, bases, compared = COMPARED, inOrder = false }: CompareOptions = {},
): Promise<readonly Result[]> {
  const names = variants.map(({ name }) => name);
  progress(`Measuring: ${row ?? names.join("; ")}`);
  const { rounds = 1, seconds = 0 } = settings;
  const samples = await alternate(variants, { rounds, seconds, inOrder, signal });
  const byName = Object.fromEntries(names.map((name, index) => [name, samples[index] ?? []]));
  const results = resultsOf(byName, { bases: bases ?? names.slice(0, 1), compared });
  return results.map((result) => row === undefined ? result : { ...result, name: `${row}, ${result.name}` });
}
