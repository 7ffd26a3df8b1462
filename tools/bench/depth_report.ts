import { markdownTable } from "./markdown_table.ts";
import type { DepthResult, DepthResults } from "./measure_depth.ts";
import type { ReplicaResult } from "./measure_replicas.ts";
import type { Spread } from "./take_turns.ts";

/** Everything that was measured. */
export interface DepthBenchResults extends DepthResults {
  readonly contacts: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  /** Shared by the program under load, every PostgreSQL and the load generator. */
  readonly cores: number;
  readonly replicas: readonly ReplicaResult[] | undefined;
}

/** The results for people, as Markdown. */
export function renderDepthReport({ load, alone, replicas, ...run }: DepthBenchResults): string {
  const count = run.contacts.toLocaleString("en");
  const parts = [
    `Medians of ${run.rounds} rounds of ${run.seconds} s each, ${count} contacts; the program under load, ` +
    `PostgreSQL and the load generator share ${run.cores} cores.\n`,
  ];
  if (load !== undefined) parts.push(`Pages of 20, ${run.connections} connections:\n`, depthTable(load));
  if (alone !== undefined) parts.push("Pages of 20, one client:\n", depthTable(alone));
  if (replicas !== undefined) {
    parts.push(`Reads, ${run.connections} connections:\n`, replicaTable(replicas));
  }
  return parts.join("\n");
}

function depthTable(results: readonly DepthResult[]): string {
  return markdownTable([
    ["", "requests/s", "p50 ms", "p99 ms", "p50/first", "min-max"],
    ...results.map(({ label, medians, ratio }) => [
      label,
      medians.requestsPerSecond.toFixed(medians.requestsPerSecond < 10 ? 1 : 0),
      milliseconds(medians.p50),
      milliseconds(medians.p99),
      ...spread(ratio),
    ]),
  ]);
}

function programLabel(replicas: number | undefined): string {
  if (replicas === undefined) return "bare";
  return replicas === 0 ? "no replica" : `${replicas} replica${replicas === 1 ? "" : "s"}`;
}

const ROW_LABELS = { one: "one by id", list: "list of 20" } as const;

function replicaTable(results: readonly ReplicaResult[]): string {
  return markdownTable([
    ["", "requests/s", "p50 ms", "p99 ms", "/bare", "min-max", "/no replica", "min-max"],
    ...results.map(({ row, replicas, medians, ofBare, ofNone }) => [
      `${ROW_LABELS[row]}, ${programLabel(replicas)}`,
      medians.requestsPerSecond.toFixed(0),
      milliseconds(medians.p50),
      milliseconds(medians.p99),
      ...spread(ofBare),
      ...spread(ofNone),
    ]),
  ]);
}

function spread({ median, min, max }: Spread): [string, string] {
  const digits = median < 10 ? 2 : 0;
  return [median.toFixed(digits), `${min.toFixed(digits)}-${max.toFixed(digits)}`];
}

function milliseconds(microseconds: number): string {
  return (microseconds / 1000).toFixed(2);
}
