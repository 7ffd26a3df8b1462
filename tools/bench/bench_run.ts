import type { Variant } from "./compare.ts";
import type { HttpServerProcess } from "./http_server_process.ts";
import type { LoadGenerator } from "./load_generator.ts";
import type { Sample } from "./metrics.ts";
import { processorTime } from "./processor_time.ts";
import type { LoadOptions, LoadResult } from "./run_load.ts";
import type { Workload } from "./workload.ts";

/** One run of a scenario, and its means. */
export interface BenchRun<Setting extends string = string> {
  readonly settings: Readonly<Record<Setting, number>>;
  /** Names of the parts that are measured. */
  readonly parts: readonly string[];
  /** Root of another checkout, and the path of a list that both serve; its items have the properties of a contact. */
  readonly against: { readonly checkout: string; readonly path: string } | undefined;
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
    const command = { ...options, target, workload, milliseconds };
    const { rejectionsPerSecond, ...sample } = await measureProcess(
      pid,
      () => generator.run(command, mayReject ? [503] : []),
    );
    return mayReject ? { ...sample, rejectionsPerSecond } : sample;
  };
}

/** Measures a load, and the processor time that a process uses for it. */
export async function measureProcess(pid: number, run: () => Promise<LoadResult>): Promise<Sample> {
  const before = await processorTime(pid) ?? NaN;
  const { requests, requestsPerSecond, p50, p99, otherStatuses } = await run();
  const time = (await processorTime(pid) ?? NaN) - before;
  const rejectionsPerSecond = (otherStatuses["503"] ?? 0) * requestsPerSecond / requests;
  return { processorTime: time / requests, requestsPerSecond, p50, p99, rejectionsPerSecond };
}
