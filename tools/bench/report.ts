import type { RowName } from "./bench_options.ts";
import type { Comparison } from "./compare_rows.ts";
import { markdownTable } from "./markdown_table.ts";
import type { Memory, Starts } from "./measure_starts.ts";
import type { Medians, Spread } from "./take_turns.ts";

/** Everything that was measured. */
export interface BenchResults {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  /** Shared by the server under load, PostgreSQL and the load generator. */
  readonly cores: number;
  /** The measured program and the base, for people. */
  readonly names: readonly [string, string];
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
export function renderReport({ comparisons, names: [measured, base], starts, ...run }: BenchResults): string {
  const parts: string[] = [];
  if (comparisons.length > 0) {
    parts.push(
      `Medians of ${run.rounds} rounds of ${run.seconds} s each, ${run.connections} connections; the server under ` +
        `load, PostgreSQL and the load generator share ${run.cores} cores.\n`,
      markdownTable([
        [
          "",
          `${measured} req/s`,
          "p50 ms",
          "p99 ms",
          `${base} req/s`,
          "p50 ms",
          "p99 ms",
          `${measured}/${base}`,
          "min-max",
        ],
        ...comparisons.map(({ row, measured, base, ratio }) => [
          LABELS[row],
          ...cells(measured),
          ...cells(base),
          ...spread(ratio),
        ]),
      ]),
    );
  }
  const processors = comparisons.flatMap(({ row, processor }) =>
    processor === undefined ? [] : [{ row, processor }]
  );
  if (processors.length > 0) {
    parts.push(
      "Processor time of the server per request, user and system:\n",
      markdownTable([
        ["", `${measured} µs`, `${base} µs`, `${measured}/${base}`, "min-max"],
        ...processors.map(({ row, processor: { measured, base, ratio } }) => [
          LABELS[row],
          measured.toFixed(1),
          base.toFixed(1),
          ...spread(ratio),
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

function spread({ median, min, max }: Spread): string[] {
  return [median.toFixed(3), `${min.toFixed(2)}-${max.toFixed(2)}`];
}

function memory({ afterStart, afterLoad }: Memory): string[] {
  return [afterStart, afterLoad].map((megabytes) => megabytes?.toFixed(0) ?? "unknown");
}
