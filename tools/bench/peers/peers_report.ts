import type { Result } from "../compare.ts";
import type { LoadSetting } from "../scenario.ts";

/** Everything that a run of `deno task bench:peers` measured. */
export interface PeersReport {
  /** Of the run, in UTC. */
  readonly date: string;
  readonly machine: Machine;
  readonly settings: Readonly<Record<LoadSetting, number>>;
  /** Versions of runtimes and packages, by the name of the program. */
  readonly versions: Readonly<Record<string, readonly string[]>>;
  /** Reasons, by the names of programs that were not measured. */
  readonly omitted: Readonly<Record<string, string>>;
  /** Results of the programs by the label of the row, with ratios to each of them; the first one is the base. */
  readonly rows: Readonly<Record<string, readonly Result[]>>;
}

/** Machine that a run took place on; it has no name. */
export interface Machine {
  readonly system: string;
  readonly processor: string;
  readonly cores: number;
}
