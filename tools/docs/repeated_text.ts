import { proseOf } from "./fences.ts";
import type { GuidePage } from "./guide_pages.ts";

/** Returns the words of a page without code, addresses of links, and punctuation. */
function wordsOf(markdown: string): readonly string[] {
  const text = proseOf(markdown).replaceAll(/^ {4}.*$/gm, "").replaceAll(/\]\([^)]*\)/g, "]");
  return text.toLowerCase().match(/[\p{L}\p{N}_][\p{L}\p{N}_'./%-]*(?<![./'-])/gu) ?? [];
}

/**
 * Returns what two pages both say, in sentences and tables.
 *
 * @param length Number of equal words in a row from which it counts.
 */
export function repeatedText(pages: readonly GuidePage[], length: number): readonly string[] {
  const seen = new Map<string, string>();
  const repeated: string[] = [];
  for (const { path, text } of pages) {
    const words = wordsOf(text);
    // A longer repetition is reported once.
    let end = 0;
    for (let index = 0; index + length <= words.length; index++) {
      const run = words.slice(index, index + length).join(" ");
      const first = seen.get(run);
      if (first === undefined) seen.set(run, path);
      else if (first !== path) {
        if (index >= end) repeated.push(`${first} and ${path}: ${run}`);
        end = index + length;
      }
    }
  }
  return repeated;
}
