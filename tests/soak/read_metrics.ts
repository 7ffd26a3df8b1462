/** What `/metrics` says; undefined: it does not answer. */
export interface Metrics {
  /** How many series there are. */
  readonly series: number | undefined;
  /** What JavaScript holds, in megabytes of 2^20 bytes. */
  readonly heapMb: number | undefined;
}

/** Asks for them once. */
export async function readMetrics(url: string): Promise<Metrics> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    return metricsOf(await response.text());
  } catch {
    return { series: undefined, heapMb: undefined };
  }
}

/** Reads Prometheus' text format. */
export function metricsOf(text: string): Metrics {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const heap = lines.find((line) => /^archway_process_memory_bytes\{[^}]*kind="heap_used"/.test(line));
  return {
    series: lines.length,
    heapMb: heap === undefined ? undefined : Number(heap.split(" ").at(-1)) / 2 ** 20,
  };
}
