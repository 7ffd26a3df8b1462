import { isEqual, type TableDifference } from "./compare_tables.ts";
import type { RebuildSummary } from "./rebuild_projections.ts";

/** Formats the result of a rebuild for the standard output. */
export function rebuildSummary({ events, tables, swapped }: RebuildSummary, seconds: number): string {
  const rate = seconds > 0 ? ` (${count(Math.round(events / seconds))} events/s)` : "";
  const lines = [`Replayed ${count(events)} events in ${seconds.toFixed(1)} s${rate}`];
  for (const table of tables) lines.push(`  ${table.table}: ${describe(table)}`);
  if (swapped) lines.push("Replaced the differing rows in one transaction");
  else if (tables.every(isEqual)) lines.push("The live tables match the events");
  else lines.push("No changes were made; run with --swap to replace the differing rows");
  return `${lines.join("\n")}\n`;
}

function describe(table: TableDifference): string {
  const rows = `${count(table.rows)} rows`;
  if (isEqual(table)) return `${rows}, no differences`;
  const { missing, extra, different, examples } = table;
  const kinds = [
    `${count(different)} different`,
    `${count(missing)} missing`,
    `${count(extra)} without an event`,
  ];
  return `${rows}, ${kinds.join(", ")}: ${examples.join(", ")}`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}
