/**
 * Returns the cells of the first table under a heading of a Markdown text. Excludes the header row, backticks and
 * surrounding white space; empty if the heading is missing.
 */
export function markdownRows(markdown: string, heading: string): readonly (readonly string[])[] {
  const lines = markdown.split("\n");
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, "") === heading);
  if (start < 0) return [];
  const chapter = lines.slice(start + 1);
  const end = chapter.findIndex((line) => /^#+ /.test(line));
  const table = chapter.slice(0, end < 0 ? undefined : end).filter((line) => line.startsWith("|"));
  return table.slice(2).map((line) =>
    line.replace(/^\||\|\s*$/g, "").split("|").map((cell) => cell.replaceAll("`", "").trim())
  );
}
