import type { Result, Spread } from "./compare.ts";
import { markdownTable } from "./markdown_table.ts";
import { METRICS } from "./metrics.ts";
import type { Scenario, Tables } from "./scenario.ts";

/** Everything that a run of a scenario measured. */
export interface ScenarioReport extends Pick<Scenario, "name" | "description"> {
  readonly settings: Readonly<Record<string, number>>;
  /** Shared by the servers, PostgreSQL and the clients. */
  readonly cores: number;
  readonly tables: Tables;
}

/** Returns a report in Markdown. */
export function renderReport({ name, description, settings, cores, tables }: ScenarioReport): string {
  const run = Object.entries(settings).map(([setting, value]) => `${value.toLocaleString("en")} ${setting}`);
  const parts = [
    `## ${name}: ${description}`,
    `Medians of ${run.join(", ")}; servers, PostgreSQL and clients share ${cores} cores. Ratios are ` +
    `those of the same rounds: median (min-max).`,
    ...Object.entries(tables).flatMap(([title, results]) => [title && `${title}:`, renderTable(results)]),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

/** A column: its heading, and the cell of a result. */
type Column = readonly [heading: string, cell: (result: Result) => string];

/** Returns the figures of results: a column for each metric that they have, and one for each of its ratios. */
export function renderTable(results: readonly Result[]): string {
  const bases = [...new Set(results.flatMap(({ ratios }) => Object.keys(ratios)))];
  const columns = METRICS.flatMap(({ metric, heading, digits, divisor = 1, showsLeast }): Column[] => {
    const value = (value?: number): string => value === undefined ? "" : format(value / divisor, digits);
    return [
      [heading, ({ figures }) => value(figures[metric]?.median)],
      [`least ${heading}`, ({ figures }) => showsLeast ? value(figures[metric]?.min) : ""],
      ...bases.map((base): Column => [`/${base}`, ({ ratios }) => renderSpread(ratios[base]?.[metric])]),
    ];
  }).filter(([, cell]) => results.some((result) => cell(result) !== ""));
  return markdownTable([
    ["", ...columns.map(([heading]) => heading)],
    ...results.map((result) => [result.name, ...columns.map(([, cell]) => cell(result))]),
  ]).trimEnd();
}

/** Returns a number; a small one has a fraction in any case. */
function format(value: number, digits: number): string {
  return value.toFixed(value < 10 && !Number.isInteger(value) ? Math.max(1, digits) : digits);
}

/** Returns a median with its spread in parentheses. */
export function renderSpread(spread: Spread | undefined): string {
  if (spread === undefined) return "";
  const [median, min, max] = [spread.median, spread.min, spread.max].map((value) =>
    value.toFixed(spread.median < 10 ? 2 : 0)
  );
  return `${median} (${min}-${max})`;
}
