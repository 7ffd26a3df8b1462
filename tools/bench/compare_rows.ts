import type { RowName } from "./bench_options.ts";
import type { HttpServerProcess } from "./http_server_process.ts";
import { median } from "./median.ts";
import type { LoadGenerator } from "./programs.ts";
import type { Scenario } from "./request_sources.ts";
import type { LoadResult } from "./run_load.ts";

/** Medians over all rounds. */
export interface Medians {
  readonly requestsPerSecond: number;
  /** In microseconds. */
  readonly p50: number;
  /** In microseconds. */
  readonly p99: number;
}

/** A row of the table. */
export interface Comparison {
  readonly row: RowName;
  readonly service: Medians;
  readonly bare: Medians;
  /** Requests per second of the service by those of the bare handler in the same round. */
  readonly ratio: { readonly median: number; readonly min: number; readonly max: number };
}

/** The two that are compared. */
export interface Contestants {
  readonly service: HttpServerProcess;
  readonly bare: HttpServerProcess;
}

/** How the comparison is made. */
export interface CompareOptions {
  readonly contestants: Contestants;
  readonly generator: LoadGenerator;
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  readonly signal: AbortSignal;
}

type Name = keyof Contestants;

/** Puts one after the other under the same load, in turns, and never both at once. */
export async function compareRow(
  row: RowName,
  scenarioOf: (server: HttpServerProcess) => Promise<Scenario>,
  options: CompareOptions,
): Promise<Comparison> {
  const { contestants, connections, seconds, signal } = options;
  const load = async (name: Name, milliseconds: number): Promise<LoadResult> => {
    signal.throwIfAborted();
    const server = contestants[name];
    const scenario = await scenarioOf(server);
    return await options.generator.run({
      target: server.target,
      scenario,
      options: { connections, milliseconds },
    });
  };
  const warmUp = Math.min(1, seconds) * 1000;
  for (const name of ["service", "bare"] as const) await load(name, warmUp);
  const results: Record<Name, LoadResult[]> = { service: [], bare: [] };
  for (let round = 0; round < options.rounds; round++) {
    // Who goes first changes, so that what grows or drifts burdens neither.
    const order: readonly Name[] = round % 2 === 0 ? ["service", "bare"] : ["bare", "service"];
    for (const name of order) results[name].push(await load(name, seconds * 1000));
  }
  const ratios = results.service.map(({ requestsPerSecond }, round) =>
    requestsPerSecond / (results.bare[round]?.requestsPerSecond ?? NaN)
  );
  return {
    row,
    service: medians(results.service),
    bare: medians(results.bare),
    ratio: { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) },
  };
}

function medians(results: readonly LoadResult[]): Medians {
  const of = (field: keyof Medians): number => median(results.map((result) => result[field]));
  return { requestsPerSecond: of("requestsPerSecond"), p50: of("p50"), p99: of("p99") };
}
