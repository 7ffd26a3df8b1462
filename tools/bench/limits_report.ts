import { markdownTable } from "./markdown_table.ts";
import { median } from "./median.ts";

/** What a request takes, by what stands in its way. */
export interface LimitsResults {
  readonly rounds: number;
  readonly requests: number;
  readonly cores: number;
  /** The first is what the others are compared with. */
  readonly variants: readonly {
    readonly name: string;
    /** Microseconds a request, round by round. */
    readonly times: readonly number[];
  }[];
}

/** The results as a table: medians, those of the ratios within a round, and the rounds that were disturbed least. */
export function renderLimitsReport({ rounds, requests, cores, variants }: LimitsResults): string {
  const base = variants[0]?.times ?? [];
  const table = markdownTable([
    ["", "µs", "ratio", "min-max", "least µs"],
    ...variants.map(({ name, times }) => {
      const ratios = times.map((time, round) => time / (base[round] ?? NaN));
      return [
        name,
        median(times).toFixed(1),
        median(ratios).toFixed(2),
        `${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)}`,
        Math.min(...times).toFixed(1),
      ];
    }),
  ]);
  return `Microseconds a request takes in process, and by those without limits in the same round; medians of ` +
    `${rounds} rounds of ${requests} requests, ${cores} cores\n\n${table}`;
}
