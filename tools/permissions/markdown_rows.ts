/**
 * The rows of the first table under a heading of a Markdown text, without the table's head: each cell's text, with no
 * backticks and no white space around. No rows where there is no such heading.
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
