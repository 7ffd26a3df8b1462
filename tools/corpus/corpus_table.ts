import type { CorpusError, DocumentReport } from "./document_report.ts";

const HEADING = [
  ...["document", "version", "operations", "typed", "warnings", "gen s", "MB", "lines", "check", "boots"],
];

/** Whether a document passed every stage that ran. */
export function passed({ errors, generation }: DocumentReport): boolean {
  return generation !== undefined && errors.length === 0;
}

/** Returns the table of all reports, the errors by kind and the operations that are not typed. */
export function corpusText(reports: readonly DocumentReport[]): string {
  const rows = [HEADING, ...reports.map(rowOf)];
  const widths = HEADING.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) =>
      column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
    )
      .join("  ").trimEnd();
  const operations = sum(reports.map(({ counts }) => counts?.operations ?? 0));
  const typed = sum(reports.map(({ counts }) => counts?.typed ?? 0));
  const share = operations === 0 ? "0" : (100 * typed / operations).toFixed(1);
  const accepted = reports.filter(({ generation }) => generation !== undefined).length;
  const summary = [
    `${accepted} of ${reports.length} documents accepted, ${reports.filter(passed).length} passed; ` +
    `${typed} of ${operations} operations of accepted documents typed (${share} %)`,
    ...(reports.some(({ counts }) => counts?.defaultSecurity)
      ? ["* with default-security: none, because the document says nothing about some operations"]
      : []),
  ];
  const details = [
    ...errorLines(reports),
    ...contradictionLines(reports),
    ...partLines(reports, "untyped", "Not typed, by part and number of operations:"),
    ...partLines(reports, "texts", "Text by design, by part and number of operations:"),
  ];
  return `${[...rows.map(line), "", ...summary, ...details].join("\n")}\n`;
}

function rowOf({ name, counts, generation, check, probes, errors }: DocumentReport): readonly string[] {
  return [
    `${name}${counts?.defaultSecurity ? " *" : ""}`,
    counts?.version ?? "",
    String(counts?.operations ?? ""),
    String(counts?.typed ?? ""),
    generation === undefined ? "refused" : String(generation.warnings.length),
    generation?.seconds.toFixed(1) ?? "",
    generation?.megabytes.toFixed(0) ?? "",
    String(generation?.lines ?? ""),
    check === undefined ? "" : `${check.ok ? "ok" : "fails"} ${check.seconds.toFixed(1)}`,
    probes === undefined ? generation === undefined || errors.length === 0 ? "" : "no" : bootText(probes),
  ];
}

function bootText(probes: NonNullable<DocumentReport["probes"]>): string {
  const good = probes.filter(({ failures }) => failures.length === 0).length;
  const refused = sum(probes.map((probe) => probe.refused.length));
  return `${good}/${probes.length} (${refused} refused)`;
}

function errorLines(reports: readonly DocumentReport[]): readonly string[] {
  const kinds = new Map<string, { count: number; documents: Set<string>; first: CorpusError }>();
  for (const { name, errors } of reports) {
    for (const error of errors) {
      const known = kinds.get(error.kind) ?? { count: 0, documents: new Set(), first: error };
      known.count += 1;
      kinds.set(error.kind, { ...known, documents: known.documents.add(name) });
    }
  }
  if (kinds.size === 0) return [];
  const sorted = [...kinds].toSorted(([, a], [, b]) => b.count - a.count);
  return [
    "",
    "Errors by kind:",
    ...sorted.map(([kind, { count, documents, first }]) =>
      `${String(count).padStart(5)}  ${kind} (${[...documents].join(", ")})\n       for example ${
        first.detail.replaceAll(/\s+/g, " ").slice(0, 300)
      }`
    ),
  ];
}

/** Returns the operations that are not typed, or have texts, by document and part. */
function partLines(
  reports: readonly DocumentReport[],
  list: "untyped" | "texts",
  heading: string,
): readonly string[] {
  const lines = reports.flatMap(({ name, counts }) => {
    const parts = new Map<string, string[]>();
    for (const { operation, parts: missing } of counts?.[list] ?? []) {
      for (const part of new Set(missing)) parts.set(part, [...parts.get(part) ?? [], operation]);
    }
    return [...parts].map(([part, operations]) =>
      `  ${name}: ${part} in ${operations.length}, for example ${operations[0]}`
    );
  });
  return lines.length === 0 ? [] : ["", heading, ...lines];
}

function contradictionLines(reports: readonly DocumentReport[]): readonly string[] {
  const lines = reports.flatMap(({ name, probes = [] }) =>
    probes.flatMap(({ operationId, contradiction }) =>
      contradiction === undefined ? [] : [`  ${name}: ${operationId}: ${contradiction}`]
    )
  );
  return lines.length === 0
    ? []
    : ["", "Without a valid request, because a schema contradicts itself:", ...lines];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
