import type { BenchRun } from "../bench_run.ts";
import type { LoadSetting } from "../scenario.ts";

/** Settings of the scenario: those of a load, and how much there is of each thing. */
export type GrowthSetting = LoadSetting | "idle" | "contacts" | "operations" | "seen";

/** Run of one part of the scenario. */
export type GrowthRun = BenchRun<GrowthSetting>;

/** Returns a number with separators, for the name of a variant. */
export function count(number: number): string {
  return number.toLocaleString("en");
}
