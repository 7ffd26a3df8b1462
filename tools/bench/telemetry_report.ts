import { markdownTable } from "./markdown_table.ts";
import type { Spread } from "./take_turns.ts";

/** What telemetry leaves of the requests per second, by row and by what is switched on. */
export interface TelemetryResults {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  readonly cores: number;
  /** What is switched on, in the order of each row's ratios. */
  readonly variants: readonly string[];
  readonly rows: readonly { readonly label: string; readonly ratios: readonly Spread[] }[];
}

/** The results as a table. */
export function renderTelemetryReport(results: TelemetryResults): string {
  const { rounds, seconds, connections, cores, variants, rows } = results;
  const table = markdownTable([
    ["", ...variants],
    ...rows.map(({ label, ratios }) => [label, ...ratios.map(cell)]),
  ]);
  return `Requests per second divided by those with everything off, median (min-max) of ${rounds} rounds of ` +
    `${seconds} s, ${connections} connections, ${cores} cores\n\n${table}`;
}

function cell({ median, min, max }: Spread): string {
  return `${median.toFixed(2)} (${min.toFixed(2)}-${max.toFixed(2)})`;
}
