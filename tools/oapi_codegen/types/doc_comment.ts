/** Returns a TSDoc comment of the non-empty paragraphs, each line indented by `indent`. Empty without any. */
export function docComment(
  paragraphs: readonly (string | undefined)[],
  { indent = "", deprecated = false }: { indent?: string; deprecated?: boolean } = {},
): string {
  const text = [...paragraphs, deprecated ? "@deprecated" : undefined]
    .filter((paragraph): paragraph is string => paragraph !== undefined && paragraph.trim() !== "")
    .map((paragraph) => paragraph.trim().replaceAll("*/", "*\\/"));
  if (text.length === 0) return "";
  const lines = text.join("\n\n").split("\n").map((line) => line.trimEnd());
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${
    lines.map((line) => `${indent} *${line === "" ? "" : ` ${line}`}\n`).join("")
  }${indent} */\n`;
}
