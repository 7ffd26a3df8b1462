import type { RowName } from "./bench_options.ts";
import type { HttpServerProcess } from "./http_server_process.ts";
import { median } from "./median.ts";
import { rowScenario } from "./row_scenario.ts";
import {
  type Medians,
  mediansOf,
  ratioOf,
  type Rounds,
  type Spread,
  takeTurns,
  type TurnOptions,
} from "./take_turns.ts";

/** A row of the table. */
export interface Comparison {
  readonly row: RowName;
  readonly measured: Medians;
  readonly base: Medians;
  /** Requests per second of the measured server by those of the base in the same round. */
  readonly ratio: Spread;
  /** Processor time of the servers per request; undefined where it is unknown. */
  readonly processor: ProcessorComparison | undefined;
}

/** Medians in microseconds, and the ratio in the same round. */
export interface ProcessorComparison {
  readonly measured: number;
  readonly base: number;
  readonly ratio: Spread;
}

/** Two servers with the same data. */
export interface Contestants {
  readonly measured: HttpServerProcess;
  readonly base: HttpServerProcess;
  /** Path of the list that both serve. */
  readonly path: string;
  /** Ids of some of its items. */
  readonly ids: readonly string[];
}

/** Puts one after the other under the same load, in turns. */
export async function compareRow(
  row: RowName,
  { measured, base, path, ids }: Contestants,
  turns: TurnOptions,
): Promise<Comparison> {
  const variants = await Promise.all([measured, base].map(async (server) => ({
    target: server.target,
    pid: server.pid,
    scenario: await rowScenario(row, server, { path, ids }),
  })));
  const [rounds = [], baseRounds = []] = await takeTurns(variants, turns);
  return {
    row,
    measured: mediansOf(rounds),
    base: mediansOf(baseRounds),
    ratio: ratioOf(rounds, baseRounds, "requestsPerSecond"),
    processor: compareProcessors(rounds, baseRounds),
  };
}

function compareProcessors(rounds: Rounds, baseRounds: Rounds): ProcessorComparison | undefined {
  const [measured, base] = [rounds, baseRounds].map((results) =>
    median(results.map(({ processorTime = NaN }) => processorTime))
  );
  if (measured === undefined || base === undefined || Number.isNaN(measured + base)) return undefined;
  return { measured, base, ratio: ratioOf(rounds, baseRounds, "processorTime") };
}
