/** Fenced block of a Markdown page. */
export interface Fence {
  /** First word after the fence, such as `console`. */
  readonly language: string;
  /** Words after it, such as `run`. */
  readonly attributes: readonly string[];
  readonly text: string;
  /** Line of the page on which it begins, from 1. */
  readonly line: number;
}

/** Returns the fenced blocks of a page in their order; those in lists without their indentation. */
export function fencesOf(markdown: string): readonly Fence[] {
  const fences: Fence[] = [];
  const fence = /^( *)(`{3,})(\w*)([^\n`]*)\n([^]*?)^ *\2 *$/gm;
  for (
    const { index, 1: indent = "", 3: language = "", 4: rest = "", 5: text = "" } of markdown.matchAll(fence)
  ) {
    fences.push({
      language,
      attributes: rest.split(" ").filter((word) => word !== ""),
      text: text.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
      line: markdown.slice(0, index).split("\n").length,
    });
  }
  return fences;
}

/** Returns the text of a page without its fenced blocks. */
export function proseOf(markdown: string): string {
  return markdown.replaceAll(/^ *```[^]*?^ *```$/gm, "");
}
