import type { Target } from "./http_connection.ts";
import { median } from "./median.ts";
import type { LoadGenerator } from "./programs.ts";
import type { Scenario } from "./request_sources.ts";
import type { LoadResult } from "./run_load.ts";

/** A load that is compared with others. */
export interface Variant {
  readonly target: Target;
  readonly scenario: Scenario;
}

/** How variants take turns. */
export interface TurnOptions {
  readonly generator: LoadGenerator;
  readonly rounds: number;
  /** How long each lasts in a round. */
  readonly seconds: number;
  readonly connections: number;
  readonly signal: AbortSignal;
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
  const load = async ({ target, scenario }: Variant, milliseconds: number): Promise<LoadResult> => {
    signal.throwIfAborted();
    return await generator.run({ target, scenario, options: { connections, milliseconds } });
  };
  for (const variant of variants) await load(variant, Math.min(1, seconds) * 1000);
  const turns = variants.map((variant) => ({ variant, results: new Array<LoadResult>() }));
  for (let round = 0; round < rounds; round++) {
    // Who goes first changes, so that what grows or drifts burdens none.
    const first = round % turns.length;
    for (const { variant, results } of [...turns.slice(first), ...turns.slice(0, first)]) {
      results.push(await load(variant, seconds * 1000));
    }
  }
  return turns.map(({ results }) => results);
}

/** One variant's values divided by those of another in the same round. */
export function ratioOf(rounds: Rounds, base: Rounds, field: keyof Medians): Spread {
  const ratios = rounds.map((result, round) => result[field] / (base[round]?.[field] ?? NaN));
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
