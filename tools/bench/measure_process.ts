import type { BenchRun } from "./bench_run.ts";
import type { Variant } from "./compare.ts";
import type { HttpServerProcess } from "./http_server_process.ts";
import { loadServer, type ServerLoadOptions } from "./load_server.ts";
import type { Sample } from "./metrics.ts";
import { familyProcessorTime } from "./processor_time.ts";
import { residentMegabytes } from "./resident_memory.ts";
import type { LoadResult } from "./run_load.ts";
import type { Workload } from "./workload.ts";

/** A load on a server. */
interface ServerLoad extends Omit<ServerLoadOptions, "milliseconds" | "signal"> {
  readonly server: HttpServerProcess;
  readonly workload: Workload;
}

/** Returns a function that puts a server under load. */
export function loadOn(
  { signal }: BenchRun,
  { server: { target, pid }, workload, ...options }: ServerLoad,
): Variant["measure"] {
  return (milliseconds) =>
    measureProcess(
      pid,
      (begin) => loadServer(target, workload, { ...options, milliseconds, signal, onPrepared: begin }),
    );
}

/**
 * Measures a load, the processor time that a process and its children use for it, and the memory of the process.
 *
 * @param run Sends the load; what it does before it calls `begin`, if it does, is not measured.
 */
export async function measureProcess(
  pid: number,
  run: (begin: () => Promise<void>) => Promise<LoadResult>,
): Promise<Sample> {
  let before = await familyProcessorTime(pid) ?? NaN;
  const { requests, seconds, p50, p99, rejected } = await run(async () => {
    before = await familyProcessorTime(pid) ?? NaN;
  });
  return {
    processorTime: ((await familyProcessorTime(pid) ?? NaN) - before) / requests,
    requestsPerSecond: requests / seconds,
    p50,
    p99,
    rejectionsPerSecond: rejected && rejected / seconds,
    memoryAfterLoad: await residentMegabytes(pid),
  };
}
