/** Values from `/metrics`; undefined if it does not respond. */
export interface Metrics {
  /** Number of series. */
  readonly series: number | undefined;
  /** JavaScript heap in MiB. */
  readonly heapMb: number | undefined;
}

/** Reads the metrics. */
export async function readMetrics(url: string): Promise<Metrics> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    return metricsOf(await response.text());
  } catch {
    return { series: undefined, heapMb: undefined };
  }
}

/** Parses Prometheus' text format. */
export function metricsOf(text: string): Metrics {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const heap = lines.find((line) => /^archway_process_memory_bytes\{[^}]*kind="heap_used"/.test(line));
  return {
    series: lines.length,
    heapMb: heap === undefined ? undefined : Number(heap.split(" ").at(-1)) / 2 ** 20,
  };
}
