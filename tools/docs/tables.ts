import { fencesOf } from "./fences.ts";

/** Table of a Markdown page. */
export interface Table {
  /** Own text of its section, without those inside. */
  readonly section: string;
  /** The same with that of the sections around it. */
  readonly context: string;
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Line of the page on which it begins, from 1. */
  readonly line: number;
}

/** Returns the tables of a page, without those in fenced blocks. */
export function tablesOf(markdown: string): readonly Table[] {
  const fenced = new Set(
    fencesOf(markdown).flatMap(({ line, text }) =>
      Array.from({ length: text.split("\n").length + 1 }, (_, index) => line + index)
    ),
  );
  const tables: { around: typeof sections; headings: readonly string[]; rows: string[][]; line: number }[] =
    [];
  // Own texts of the section and of those around it, by their level.
  let sections: readonly { readonly level: number; readonly lines: string[] }[] = [];
  let table: typeof tables[number] | undefined;
  for (const [index, text] of markdown.split("\n").entries()) {
    const line = index + 1;
    const level = fenced.has(line) ? 0 : /^#* /.exec(text)?.[0].length ?? 0;
    if (level > 1) sections = [...sections.filter((section) => section.level < level), { level, lines: [] }];
    sections.at(-1)?.lines.push(text);
    if (fenced.has(line) || !text.startsWith("|")) table = undefined;
    else if (table === undefined) {
      tables.push(table = { around: sections, headings: cellsOf(text), rows: [], line });
    } else if (!/^\| *:?-+/.test(text)) table.rows.push(cellsOf(text));
  }
  return tables.map(({ around, ...table }) => ({
    ...table,
    section: around.at(-1)?.lines.join("\n") ?? "",
    context: around.flatMap(({ lines }) => lines).join("\n"),
  }));
}

function cellsOf(row: string): string[] {
  return row.replaceAll("\\|", "\0").split("|").slice(1, -1).map((cell) => cell.replaceAll("\0", "|").trim());
}
