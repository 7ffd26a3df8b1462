import type { JsonObject } from "../json_value.ts";
import type { Operation } from "./history.ts";

/** Contradiction between a history and what is promised. */
export interface Violation {
  /** Name of the check, such as "linearizable". */
  readonly check: string;
  /** Sentence that says what is wrong. */
  readonly message: string;
  /** Operations that contradict each other, as few as possible. */
  readonly operations: readonly Operation[];
}

/** Returns a violation as text: its message, and a line for each operation with its beginning and end in seconds. */
export function renderViolation({ check, message, operations }: Violation): string {
  const rows = operations.toSorted((one, other) => one.invoked - other.invoked).map(rowOf);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()}\n`
  );
  return `${check}: ${message}\n${lines.join("")}`;
}

function rowOf(
  { startMs, endMs, process, index, action, key, input, outcome, output }: Operation,
): readonly string[] {
  const end = endMs === Infinity ? "never" : seconds(endMs);
  return [
    `#${index}`,
    `${seconds(startMs)} to ${end}`,
    `client ${process}`,
    `${action} ${key}${membersOf(input)}`,
    `${outcome}${membersOf(output)}`,
  ];
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(3)} s`;
}

function membersOf(value: JsonObject): string {
  return Object.entries(value).map(([name, one]) => ` ${name}=${textOf(one)}`).join("");
}

/** Maximum length of the text of a value. */
const MAX_LENGTH = 120;

function textOf(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value) ?? "";
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}
