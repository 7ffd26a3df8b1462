import type { RowName } from "./bench_options.ts";
import type { Comparison } from "./compare_rows.ts";
import { markdownTable } from "./markdown_table.ts";
import type { Memory, Starts } from "./measure_starts.ts";
import type { Medians } from "./take_turns.ts";

/** Everything that was measured. */
export interface BenchResults {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  /** Shared by the server under load, PostgreSQL and the load generator. */
  readonly cores: number;
  readonly comparisons: readonly Comparison[];
  readonly starts: Starts | undefined;
}

const LABELS: Readonly<Record<RowName, string>> = {
  health: "health, no database",
  one: "one by id",
  list: "list of 20, first page",
  next: "list of 20, by cursor",
  create: "create",
  patch: "patch",
};

/** The results for people, as Markdown. */
export function renderReport({ comparisons, starts, ...run }: BenchResults): string {
  const parts: string[] = [];
  if (comparisons.length > 0) {
    parts.push(
      `Medians of ${run.rounds} rounds of ${run.seconds} s each, ${run.connections} connections; the server under ` +
        `load, PostgreSQL and the load generator share ${run.cores} cores.\n`,
      markdownTable([
        [
          "",
          "service req/s",
          "p50 ms",
          "p99 ms",
          "bare req/s",
          "p50 ms",
          "p99 ms",
          "service/bare",
          "min-max",
        ],
        ...comparisons.map(({ row, service, bare, ratio }) => [
          LABELS[row],
          ...cells(service),
          ...cells(bare),
          ratio.median.toFixed(2),
          `${ratio.min.toFixed(2)}-${ratio.max.toFixed(2)}`,
        ]),
      ]),
    );
  }
  if (starts !== undefined) {
    parts.push(markdownTable([
      ["", "start until ready, ms", "memory after start, MiB", "memory after load, MiB"],
      ["embedded, empty directory", starts.firstEmbeddedMs.toFixed(0), "", ""],
      ["embedded, again", starts.laterEmbeddedMs.toFixed(0), ...memory(starts.embeddedMemory)],
      ["PostgreSQL, migrated", starts.realMs.toFixed(0), ...memory(starts.realMemory)],
    ]));
  }
  return parts.join("\n");
}

function cells({ requestsPerSecond, p50, p99 }: Medians): string[] {
  return [requestsPerSecond.toFixed(0), (p50 / 1000).toFixed(2), (p99 / 1000).toFixed(2)];
}

function memory({ afterStart, afterLoad }: Memory): string[] {
  return [afterStart, afterLoad].map((megabytes) => megabytes?.toFixed(0) ?? "unknown");
}
