import { markdownTable } from "./markdown_table.ts";
import type { OverloadResult } from "./measure_overload.ts";
import type { Spread } from "./take_turns.ts";

/** What was found out about one kind of request and one way of letting in. */
export interface OverloadRow extends OverloadResult {
  readonly label: string;
}

/** Everything that was measured. */
export interface OverloadResults {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  readonly crowd: number;
  readonly times: number;
  /** Shared by the server, PostgreSQL and all clients. */
  readonly cores: number;
  readonly rows: readonly OverloadRow[];
}

/** The results for people, as Markdown. */
export function renderOverloadReport({ rows, ...run }: OverloadResults): string {
  return [
    `Medians of ${run.rounds} rounds of ${run.seconds} s each: ${run.connections} clients, then ${run.crowd} that ask ` +
    `for ${run.times} times as much, then ${run.connections} again; server, PostgreSQL and clients share ` +
    `${run.cores} cores.\n\n`,
    markdownTable([
      ["", "capacity req/s", "goodput", "min-max", "p99 ms", "503/s", "afterwards", "min-max"],
      ...rows.map((row) => [
        row.label,
        row.capacity.toFixed(0),
        ...spread(row.goodput),
        (row.p99 / 1000).toFixed(0),
        row.refused.toFixed(0),
        ...spread(row.recovery),
      ]),
    ]),
  ].join("");
}

function spread({ median, min, max }: Spread): [string, string] {
  return [median.toFixed(2), `${min.toFixed(2)}-${max.toFixed(2)}`];
}
