import type { RowName } from "./bench_options.ts";
import type { Comparison, Medians } from "./compare_rows.ts";
import type { Memory, Starts } from "./measure_starts.ts";

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
      table([
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
    parts.push(table([
      ["", "start until ready, ms", "memory after start, MiB", "memory after load, MiB"],
      ["embedded, empty directory", starts.firstEmbeddedMs.toFixed(0), "", ""],
      ["embedded, again", starts.laterEmbeddedMs.toFixed(0), ...memory(starts.embeddedMemory)],
      ["PostgreSQL, migrated", starts.realMs.toFixed(0), ...memory(starts.realMemory)],
    ]));
  }
  return `${parts.join("\n")}`;
}

function cells({ requestsPerSecond, p50, p99 }: Medians): string[] {
  return [requestsPerSecond.toFixed(0), (p50 / 1000).toFixed(2), (p99 / 1000).toFixed(2)];
}

function memory({ afterStart, afterLoad }: Memory): string[] {
  return [afterStart, afterLoad].map((megabytes) => megabytes?.toFixed(0) ?? "unknown");
}

/** The first row is the heading, the first column its rows' names; everything else stands to the right. */
function table([heading = [], ...rows]: readonly (readonly string[])[]): string {
  const all = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0), 3));
  const line = (row: readonly string[]): string => {
    const padded = widths.map((width, column) => {
      const cell = row[column] ?? "";
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    return `| ${padded.join(" | ")} |\n`;
  };
  const rule = widths.map((width, column) => column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`);
  return [line(heading), line(rule), ...rows.map(line)].join("");
}
