import type { Diagnostic } from "./diagnostics.ts";

/** Places of one kind that are shown. */
const SHOWN = 3;

/** Columns of a source line that are shown. */
const WIDTH = 100;

/** Options for formatting diagnostics. */
export interface FormatDiagnosticsOptions {
  readonly severity: "error" | "warning";
  /** Whether to show every place of a kind. @default false */
  readonly all?: boolean;
}

/**
 * Formats diagnostics for a terminal, grouped by kind: the message, then each place with its line. The last line counts
 * them.
 */
export function formatDiagnostics(
  diagnostics: readonly Diagnostic[],
  { severity, all = false }: FormatDiagnosticsOptions,
): readonly string[] {
  const kinds = new Map<string, Map<string, Diagnostic>>();
  for (const diagnostic of diagnostics) {
    const kind = kindOf(diagnostic);
    const places = kinds.get(kind) ?? new Map<string, Diagnostic>();
    kinds.set(kind, places.set(`${locationOf(diagnostic)} ${diagnostic.message}`, diagnostic));
  }
  const lines: string[] = [];
  let total = 0;
  for (const [kind, places] of kinds) {
    total += places.size;
    lines.push(`${severity}: ${kind}${places.size === 1 ? "" : ` (${places.size} times)`}`);
    const shown = [...places.values()].slice(0, all ? undefined : SHOWN);
    for (const diagnostic of shown) lines.push(...placeLines(diagnostic));
    const more = places.size - shown.length;
    if (more > 0) lines.push(`  … and ${more} more; deno task gen --all shows them`);
    lines.push("");
  }
  if (total === 0) return [];
  const kindCount = kinds.size < total ? ` of ${kinds.size} ${kinds.size === 1 ? "kind" : "kinds"}` : "";
  return [...lines, `${total} ${severity}${total === 1 ? "" : "s"}${kindCount}`];
}

const SUGGESTION = /; (did you mean .+\?)$/;

/** Returns the message without a suggestion, which is one of its place. */
function kindOf({ message }: Diagnostic): string {
  return message.replace(SUGGESTION, "");
}

/** Returns `file:line:column`, which terminals and editors open. */
function locationOf({ file, at, line, column }: Diagnostic): string {
  if (line === undefined) return /^\d+:\d+$/.test(at) ? `${file}:${at}` : `${file}#${at}`;
  return `${file}:${line}${column === undefined ? "" : `:${column}`}${at.startsWith("/") ? ` ${at}` : ""}`;
}

function placeLines(diagnostic: Diagnostic): readonly string[] {
  const { line, column = 1, source, message } = diagnostic;
  const [, suggestion] = SUGGESTION.exec(message) ?? [];
  const lines = [`  ${locationOf(diagnostic)}`];
  if (line === undefined || source === undefined) {
    return suggestion === undefined ? lines : [...lines, `    ${suggestion}`];
  }
  const [text, position] = windowAround(source, column - 1);
  const gutter = " ".repeat(String(line).length);
  const caret = `${" ".repeat(position)}^${suggestion === undefined ? "" : ` ${suggestion}`}`;
  return [...lines, `    ${line} | ${text}`, `    ${gutter} | ${caret}`];
}

/** Returns the part of a line around a position, and the position in it. Tabs become spaces. */
function windowAround(source: string, position: number): readonly [text: string, position: number] {
  const text = source.replaceAll("\t", " ");
  const start = position < WIDTH * 0.8 ? 0 : position - WIDTH / 2;
  const part = text.slice(start, start + WIDTH);
  const before = start > 0 ? "…" : "";
  return [`${before}${part}${start + WIDTH < text.length ? "…" : ""}`, position - start + before.length];
}
