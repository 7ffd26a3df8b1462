/** Matches the lines that begin with a command, in the usage and the examples. */
const COMMAND = /^(?:Usage: +|Examples: +| +)deno task new (\w+)/;

/** Returns the part of a usage text about one kind, such as "operation". */
export function usageOf(kind: string, usage: string): string {
  const blocks = usage.trimEnd().split("\n\n").flatMap((block) => {
    const lines = block.split("\n");
    const [first = ""] = lines;
    if (/^new \w+/.test(first)) return new RegExp(`\\bnew ${kind}\\b`).test(first) ? [block] : [];
    const [, label] = /^(Usage|Examples): /.exec(first) ?? [];
    if (label === undefined) return first.startsWith(" ") ? [block] : [];
    const own = lines.filter((line) => COMMAND.exec(line)?.[1] === kind).map((line) =>
      line.replace(/^(?:\w+:)? +/, "")
    );
    const indent = " ".repeat(label.length + 2);
    return own.length === 0 ? [] : [`${label}: ${own.join(`\n${indent}`)}`];
  });
  return `${blocks.join("\n\n")}\n`;
}
