import type { AgainstOptions } from "./bench_options.ts";
import { alternate, type Result, resultsOf, type Variant } from "./compare.ts";
import type { HttpServerProcess } from "./http_server_process.ts";
import type { LoadGenerator } from "./load_generator.ts";
import type { Metric, Sample } from "./metrics.ts";
import { processorTime } from "./processor_time.ts";
import { progress } from "./progress.ts";
import type { Workload } from "./request_sources.ts";
import type { LoadOptions, LoadResult } from "./run_load.ts";

/** One run of a scenario. */
export interface BenchRun<Setting extends string = string> {
  readonly settings: Readonly<Record<Setting, number>>;
  /** Names of the parts that are measured, in the order of the scenario. */
  readonly parts: readonly string[];
  readonly against: AgainstOptions | undefined;
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

/** Puts a server under load; rejects if it responds with another status than 2xx, or 503 where it may. */
export async function measureLoad(
  { generator, signal }: BenchRun,
  { server: { target, pid }, workload, mayReject = false, ...options }: ServerLoad,
  milliseconds: number,
): Promise<Sample> {
  signal.throwIfAborted();
  const command = { target, workload, options: { ...options, milliseconds } };
  const expected = mayReject ? [503] : [];
  let rejected = 0;
  const sample = await measureProcess(pid, async () => {
    const load = await generator.run(command, { expected });
    rejected = load.otherStatuses["503"] ?? 0;
    return load;
  });
  return { ...sample, rejectionsPerSecond: mayReject ? rejected * 1000 / milliseconds : undefined };
}

/** Measures a load and the processor time that a process uses for it. */
export async function measureProcess(pid: number, run: () => Promise<LoadResult>): Promise<Sample> {
  const before = await processorTime(pid) ?? NaN;
  const { requests, requestsPerSecond, p50, p99 } = await run();
  const time = (await processorTime(pid) ?? NaN) - before;
  return { processorTime: time / requests, requestsPerSecond, p50, p99 };
}

/** Returns a variant that puts a server under load. */
export function loadVariant(run: BenchRun, name: string, load: ServerLoad): Variant {
  return { name, measure: (milliseconds) => measureLoad(run, load, milliseconds) };
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
  { settings, signal }: BenchRun,
  variants: readonly Variant[],
  { row = "", bases, compared = COMPARED, inOrder = false }: CompareOptions = {},
): Promise<readonly Result[]> {
  const names = variants.map(({ name }) => name);
  progress(`Measuring: ${row || names.join(", ")}`);
  const { rounds = 1, seconds = 0 } = settings;
  const samples = await alternate(variants, { rounds, seconds, inOrder, signal });
  const measured = names.map((name, index) => ({ name, samples: samples[index] ?? [] }));
  return resultsOf(measured, { row, bases: bases ?? names.slice(0, 1), compared });
}
