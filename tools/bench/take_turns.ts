import { alternate, type AlternateOptions, type RunLoadFor } from "./alternate.ts";
import type { Target } from "./http_connection.ts";
import { median } from "./median.ts";
import type { LoadGenerator } from "./programs.ts";
import { withProcessorTime } from "./processor_time.ts";
import type { Scenario } from "./request_sources.ts";
import type { LoadResult } from "./run_load.ts";

/** A load that is compared with others. */
export interface Variant {
  readonly target: Target;
  readonly scenario: Scenario;
  /** Process whose time is measured. @default none */
  readonly pid?: number;
}

/** How variants take turns. */
export interface TurnOptions extends AlternateOptions {
  readonly generator: LoadGenerator;
  readonly connections: number;
}

/** What one variant met, round by round. */
export type Rounds = readonly LoadResult[];

/** A value over all rounds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Runs one load after the other, never two at once, in every round all of them.
 *
 * @returns what each met, in their order.
 */
export async function takeTurns(
  variants: readonly Variant[],
  { generator, rounds, seconds, connections, signal }: TurnOptions,
): Promise<readonly Rounds[]> {
  const loads = variants.map(({ target, scenario, pid }): RunLoadFor => (milliseconds) => {
    const run = (): Promise<LoadResult> =>
      generator.run({ target, scenario, options: { connections, milliseconds } });
    return pid === undefined ? run() : withProcessorTime(pid, run);
  });
  return await alternate(loads, { rounds, seconds, signal });
}

/** One variant's values divided by those of another in the same round; NaN for values that are unknown. */
export function ratioOf(rounds: Rounds, base: Rounds, field: keyof Medians | "processorTime"): Spread {
  const ratios = rounds.map((result, round) => (result[field] ?? NaN) / (base[round]?.[field] ?? NaN));
  return { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) };
}

/** Medians over all rounds. */
export interface Medians {
  readonly requestsPerSecond: number;
  /** In microseconds. */
  readonly p50: number;
  /** In microseconds. */
  readonly p99: number;
}

/** The medians of a variant's rounds. */
export function mediansOf(rounds: Rounds): Medians {
  const of = (field: keyof Medians): number => median(rounds.map((result) => result[field]));
  return { requestsPerSecond: of("requestsPerSecond"), p50: of("p50"), p99: of("p99") };
}
