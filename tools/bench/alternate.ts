import type { LoadResult } from "./run_load.ts";

/** Puts something under load for so long. */
export type RunLoadFor = (milliseconds: number) => Promise<LoadResult>;

/** How loads take turns. */
export interface AlternateOptions {
  readonly rounds: number;
  /** How long each lasts in a round. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/**
 * Runs one load after the other, never two at once, in every round all of them, after each has had a second to warm up.
 *
 * @returns what each met, in their order, round by round.
 */
export async function alternate(
  loads: readonly RunLoadFor[],
  { rounds, seconds, signal }: AlternateOptions,
): Promise<readonly (readonly LoadResult[])[]> {
  for (const load of loads) {
    signal.throwIfAborted();
    await load(Math.min(1, seconds) * 1000);
  }
  const turns = loads.map((load) => ({ load, results: new Array<LoadResult>() }));
  for (let round = 0; round < rounds; round++) {
    // Who goes first changes, so that what grows or drifts burdens none.
    const first = round % turns.length;
    for (const { load, results } of [...turns.slice(first), ...turns.slice(0, first)]) {
      signal.throwIfAborted();
      results.push(await load(seconds * 1000));
    }
  }
  return turns.map(({ results }) => results);
}
