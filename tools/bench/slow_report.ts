import { markdownTable } from "./markdown_table.ts";
import type { AttackResult } from "./measure_slow.ts";
import type { Spread } from "./take_turns.ts";

/** What was found out about one kind of request. */
export interface SlowRow {
  readonly label: string;
  readonly attack: AttackResult;
  /** Requests per second with the guard by those without it. */
  readonly guarded: Spread;
}

/** Everything that was measured. */
export interface SlowResults {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  readonly slow: number;
  /** Shared by the server, PostgreSQL and all clients. */
  readonly cores: number;
  readonly rows: readonly SlowRow[];
}

/** The results for people, as Markdown. */
export function renderSlowReport({ rows, ...run }: SlowResults): string {
  return [
    `Medians of ${run.rounds} rounds of ${run.seconds} s each, ${run.connections} normal and ${run.slow} slow ` +
    `clients; server, PostgreSQL and all clients share ${run.cores} cores.\n\n`,
    markdownTable([
      ["", "p99 ms quiet", "p99 ms attacked", "ratio", "min-max", "req/s ratio", "ended"],
      ...rows.map(({ label, attack }) => [
        label,
        (attack.quietP99 / 1000).toFixed(1),
        (attack.attackedP99 / 1000).toFixed(1),
        ...spread(attack.p99Ratio),
        attack.speedRatio.median.toFixed(2),
        String(attack.dropped),
      ]),
    ]),
    "\n",
    markdownTable([
      ["req/s", "guarded/unguarded", "min-max"],
      ...rows.map(({ label, guarded }) => [label, ...spread(guarded)]),
    ]),
  ].join("");
}

function spread({ median, min, max }: Spread): [string, string] {
  return [median.toFixed(2), `${min.toFixed(2)}-${max.toFixed(2)}`];
}
