import type { Result, Spread } from "./compare.ts";
import { markdownTable } from "./markdown_table.ts";
import { METRICS } from "./metrics.ts";

/** Results that are shown together. */
export interface Table {
  readonly title: string;
  readonly results: readonly Result[];
}

/** Everything that a run of a scenario measured. */
export interface ScenarioReport {
  readonly scenario: string;
  readonly description: string;
  /** Numbers that it was run with, such as that of the rounds. */
  readonly settings: Readonly<Record<string, number>>;
  /** Shared by the server under load, PostgreSQL and the load generator. */
  readonly cores: number;
  readonly tables: readonly Table[];
}

/** Returns a report in Markdown. */
export function renderReport({ scenario, description, settings, cores, tables }: ScenarioReport): string {
  const run = Object.entries(settings).map(([name, value]) => `${value.toLocaleString("en")} ${name}`);
  return [
    `## ${scenario}: ${description}`,
    `Medians of ${run.join(", ")}; servers, PostgreSQL and clients share ${cores} cores. Ratios and their ` +
    `min-max are those of the same rounds.`,
    ...tables.flatMap(({ title, results }) => [...title === "" ? [] : [`${title}:`], renderTable(results)]),
  ].map((part) => part.trimEnd()).join("\n\n") + "\n";
}

/** A column: its heading, and the cell of a result. */
type Column = readonly [heading: string, cell: (result: Result) => string];

function renderTable(results: readonly Result[]): string {
  const columns = METRICS.flatMap(({ metric, heading, digits, divisor = 1, showsLeast }): Column[] => {
    if (results.every(({ figures }) => figures[metric] === undefined)) return [];
    const value = (number: number | undefined): string =>
      number === undefined ? "" : format(number / divisor, digits);
    const bases = new Set(results.flatMap(({ ratios }) => Object.keys(ratios)));
    return [
      [heading, ({ figures }) => value(figures[metric]?.median)],
      ...showsLeast
        ? [[`least ${heading}`, ({ figures }) => value(figures[metric]?.min)] satisfies Column]
        : [],
      ...[...bases].filter((base) => results.some(({ ratios }) => ratios[base]?.[metric] !== undefined))
        .flatMap((base): Column[] => [
          [`/${base}`, ({ ratios }) => renderSpread(ratios[base]?.[metric])[0]],
          ["min-max", ({ ratios }) => renderSpread(ratios[base]?.[metric])[1]],
        ]),
    ];
  });
  return markdownTable([
    ["", ...columns.map(([heading]) => heading)],
    ...results.map((result) => [result.name, ...columns.map(([, cell]) => cell(result))]),
  ]);
}

/** Returns a number; a small one has a fraction in any case. */
function format(value: number, digits: number): string {
  return value.toFixed(value < 10 && !Number.isInteger(value) ? Math.max(1, digits) : digits);
}

function renderSpread(spread: Spread | undefined): readonly [median: string, minMax: string] {
  if (spread === undefined) return ["", ""];
  const digits = spread.median < 10 ? 2 : 0;
  return [
    spread.median.toFixed(digits === 2 ? 3 : 0),
    `${spread.min.toFixed(digits)}-${spread.max.toFixed(digits)}`,
  ];
}
