import type { Level } from "./change.ts";
import { type ContractReport, type LocatedChange, unannounced } from "./compare_versions.ts";

const TITLES: Readonly<Record<Level, string>> = {
  breaking: "Breaking: clients that follow the earlier version fail",
  risky: "Risky: correct clients work, others may not",
  safe: "Safe",
};

/** Formats the changes of a document, the worst first. */
export function formatReport(report: ContractReport, levels: readonly Level[]): readonly string[] {
  const { document, against, changes, isNewMajor } = report;
  const counts = (["breaking", "risky", "safe"] as const)
    .map((level) => `${changes.filter((change) => change.level === level).length} ${level}`);
  const lines = [
    changes.length === 0
      ? `${document}: no changes since ${against}`
      : `${document}: ${counts.join(", ")} since ${against}`,
  ];
  for (const level of levels) {
    const found = changes.filter((change) => change.level === level);
    if (found.length === 0) continue;
    lines.push("", TITLES[level]);
    for (const change of found) lines.push(...formatChange(change, against));
  }
  if (isNewMajor && changes.some(({ level }) => level === "breaking")) {
    lines.push("", "The new major version of info.version announces the breaking changes.");
  }
  return lines;
}

function formatChange(
  { message, places, pointer, side, file, line, reason }: LocatedChange,
  against: string,
): readonly string[] {
  const [first, ...others] = places;
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  const where = `${file}${line === undefined ? "" : `:${line}`}#${pointer}`;
  return [
    `  ${message}`,
    ...first === undefined ? [] : [`    ${first}${more}`],
    `    ${where}${side === "before" ? ` (in ${against})` : ""}`,
    ...reason === undefined ? [] : [`    intended: ${reason}`],
  ];
}

/** Returns what to do about breaking changes that nothing announces. */
export function adviceFor(report: ContractReport): readonly string[] {
  const [change] = unannounced(report);
  if (change === undefined) return [];
  return [
    "",
    "A breaking change needs a new major version in info.version, or an entry in oapi/contract-exceptions.yaml:",
    "",
    `  - document: ${report.document.split("/").at(-1)}`,
    `    at: ${JSON.stringify(change.pointer)}`,
    "    reason: …",
  ];
}
