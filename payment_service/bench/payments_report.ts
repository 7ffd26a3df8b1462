import { markdownTable } from "@archway/tools/bench/markdown_table.ts";
import type { RebuildResult } from "./measure_rebuild.ts";
import type { Medians, Spread } from "@archway/tools/bench/take_turns.ts";

/** Two that were compared. */
export interface PaymentsComparison {
  readonly label: string;
  readonly measured: Medians;
  readonly base: Medians;
  /** Of what was measured, a second, by those of the base in the same round. */
  readonly ratio: Spread;
}

/** Everything that was measured. */
export interface PaymentsResults {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  readonly accounts: number;
  /** Shared by the service, PostgreSQL and whoever makes the load. */
  readonly cores: number;
  /** The service beside the bare loop. */
  readonly payments: readonly PaymentsComparison[];
  /** A key that is used again, beside a read by id; undefined: not asked for. */
  readonly replay: PaymentsComparison | undefined;
  readonly rebuild: RebuildResult | undefined;
}

/** The results for people, as Markdown. */
export function renderPaymentsReport(results: PaymentsResults): string {
  const { payments, replay, rebuild, ...run } = results;
  const parts = [
    `Medians of ${run.rounds} rounds of ${run.seconds} s each, ${run.connections} clients, ${run.accounts} accounts; ` +
    `the service, PostgreSQL and the load share ${run.cores} cores.\n`,
  ];
  if (payments.length > 0) parts.push(table(payments, ["service", "bare loop"]));
  if (replay !== undefined) parts.push(table([replay], ["replay", "read"]));
  if (rebuild !== undefined) {
    const { events, seconds } = rebuild;
    const rate = Math.round(events / seconds).toLocaleString("en");
    parts.push(
      `Rebuilt and compared from ${events.toLocaleString("en")} events in ${
        seconds.toFixed(1)
      } s: ${rate} events a second\n`,
    );
  }
  return parts.join("\n");
}

function table(
  comparisons: readonly PaymentsComparison[],
  [measured, base]: readonly [string, string],
): string {
  const heading = (name: string): string[] => [`${name} /s`, "p50 ms", "p99 ms"];
  return markdownTable([
    ["", ...heading(measured), ...heading(base), `${measured}/${base}`, "min-max"],
    ...comparisons.map(({ label, measured, base, ratio }) => [
      label,
      ...cells(measured),
      ...cells(base),
      ratio.median.toFixed(2),
      `${ratio.min.toFixed(2)}-${ratio.max.toFixed(2)}`,
    ]),
  ]);
}

function cells({ requestsPerSecond, p50, p99 }: Medians): string[] {
  return [requestsPerSecond.toFixed(0), (p50 / 1000).toFixed(2), (p99 / 1000).toFixed(2)];
}
