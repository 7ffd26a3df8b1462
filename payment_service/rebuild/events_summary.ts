import { isEqual, type TableDifference } from "./compare_tables.ts";
import type { RebuildSummary } from "./rebuild_projections.ts";

/** What a rebuild has come to, for people. */
export function rebuildSummary({ events, tables, swapped }: RebuildSummary, seconds: number): string {
  const rate = seconds > 0 ? `, ${count(Math.round(events / seconds))} a second` : "";
  const lines = [`Rebuilt from ${count(events)} events in ${seconds.toFixed(1)} s${rate}`];
  for (const table of tables) lines.push(`  ${table.table}: ${describe(table)}`);
  if (swapped) lines.push("What differs was put right, in one transaction");
  else if (tables.every(isEqual)) lines.push("What is live is what the events make");
  else lines.push("Nothing was changed: with --swap what was rebuilt takes the place of what differs");
  return `${lines.join("\n")}\n`;
}

function describe(table: TableDifference): string {
  const rows = `${count(table.rows)} rows`;
  if (isEqual(table)) return `${rows}, all of them equal`;
  const { lacking, surplus, unequal, examples } = table;
  const kinds = [
    `${count(unequal)} differ`,
    `${count(lacking)} are missing`,
    `${count(surplus)} come from no event`,
  ];
  return `${rows}, of which ${kinds.join(", ")}: ${examples.join(", ")}`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}
