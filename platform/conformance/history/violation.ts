import type { JsonObject } from "@archway/service_kit/json_value.ts";
import type { HistoryEvent, Operation } from "./history.ts";

/** Contradiction between a history and what is promised. */
export interface Violation {
  /** Name of the check, such as "linearizable". */
  readonly check: string;
  /** Sentence that says what is wrong. */
  readonly message: string;
  /** Operations that contradict each other, as few as possible. */
  readonly operations: readonly Operation[];
}

/** Maximum width of a column. */
const MAX_WIDTH = 90;
/** Time before the first operation in which a fault may be the cause, in milliseconds. */
const CAUSE_MS = 3_000;

/**
 * Returns a violation as text: its message, and a line for each operation with its beginning and end in seconds, between
 * faults of that time.
 *
 * @param events Events of the history, for its faults.
 */
export function renderViolation(
  { check, message, operations }: Violation,
  events: readonly HistoryEvent[] = [],
): string {
  const startMs = Math.min(...operations.map((operation) => operation.startMs));
  const endMs = Math.max(...operations.map((operation) => operation.endMs).filter((end) => end !== Infinity));
  const faults = events.filter(({ type, time }) =>
    type === "fault" && time > startMs - CAUSE_MS && time < endMs
  );
  const rows = [
    ...operations.map((operation) => ({ time: operation.startMs, cells: rowOf(operation) })),
    ...faults.map(({ time, value }) => ({
      time,
      cells: ["", seconds(time), "fault", Object.values(value).join(" ")],
    })),
  ].toSorted((one, other) => one.time - other.time).map(({ cells }) => cells);
  const widths = [0, 1, 2, 3].map((column) =>
    Math.min(MAX_WIDTH, Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  );
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
