import { residentMegabytes } from "@archway/tools/bench/resident_memory.ts";
import { countConnections } from "./count_connections.ts";
import { countOpenFiles } from "./count_open_files.ts";
import { readMetrics } from "./read_metrics.ts";
import { DATABASE, type SoakHarness } from "./start_harness.ts";

/** Resources of the service at one moment; unknown ones are undefined. */
export interface Sample {
  /** Time since the start of the load. */
  readonly seconds: number;
  readonly residentMb: number | undefined;
  readonly heapMb: number | undefined;
  readonly files: number | undefined;
  readonly primaryConnections: number | undefined;
  readonly standbyConnections: number | undefined;
  readonly series: number | undefined;
}

/** Takes one sample. */
export async function takeSample(
  { service, metricsUrl, primary, standby }: SoakHarness,
  sinceMs: number,
): Promise<Sample> {
  const seconds = (performance.now() - sinceMs) / 1000;
  const [residentMb, files, metrics, primaryConnections, standbyConnections] = await Promise.all([
    residentMegabytes(service.pid),
    countOpenFiles(service.pid),
    readMetrics(metricsUrl),
    countConnections(primary.tcpInstance, DATABASE),
    countConnections(standby.tcpInstance, DATABASE),
  ]);
  return { seconds, residentMb, files, primaryConnections, standbyConnections, ...metrics };
}

/** Takes samples until the signal aborts, one at a time. */
export async function sampleUntil(
  harness: SoakHarness,
  { everyMs, sinceMs, signal }: {
    readonly everyMs: number;
    readonly sinceMs: number;
    readonly signal: AbortSignal;
  },
): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  while (!signal.aborted) {
    samples.push(await takeSample(harness, sinceMs));
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  return samples;
}
