import type { BenchRun } from "./bench_run.ts";
import type { Result } from "./compare.ts";
import type { NumberRule } from "./number_option.ts";

/** A number that a scenario is run with; its name is that of the option. */
export interface Setting extends Omit<NumberRule, "name"> {
  readonly default: number;
  readonly help: string;
}

/** An entry of the table of scenarios: what `deno task bench <name>` starts, compares and measures. */
export interface Scenario<Name extends string = string> {
  readonly name: string;
  readonly description: string;
  /** Names for `--only`, in the order in which the parts are measured. */
  readonly parts: readonly string[];
  readonly settings: Readonly<Record<Name, Setting>>;
  /** Whether it runs if no scenario is named; one that compares checkouts, with `--against`. @default {false} */
  readonly isDefault?: boolean;
  /** Whether it compares this checkout with that of `--against`. @default {false} */
  readonly needsCheckout?: boolean;
  /** Whether it can keep its data for other runs, with `--data`. @default {false} */
  readonly keepsData?: boolean;
  /** Starts programs, which end with the stack of the run, and returns the figures of its parts by a title. */
  measure(run: BenchRun<Name>): Promise<Tables>;
}

/** Results that are shown together, by their title, which may be empty. */
export type Tables = Readonly<Record<string, readonly Result[]>>;

/** Settings of a scenario that puts servers under load. */
export type LoadSetting = "rounds" | "seconds" | "connections";

/** Returns the settings of a scenario that puts servers under load, with its defaults. */
export function loadSettings(
  { rounds, seconds, connections }: Readonly<Record<LoadSetting, number>>,
): Readonly<Record<LoadSetting, Setting>> {
  return {
    rounds: { default: rounds, max: 1000, whole: true, help: "rounds in which variants alternate" },
    seconds: { default: seconds, max: 600, whole: false, help: "duration of each variant in a round" },
    connections: { default: connections, max: 256, whole: true, help: "clients with one request in flight" },
  };
}
