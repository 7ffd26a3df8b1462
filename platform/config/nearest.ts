/** Returns the candidate nearest to a text within a Levenshtein distance, if any. */
export function nearest(
  text: string,
  candidates: readonly string[],
  { edits: most = 2 }: { readonly edits?: number } = {},
): string | undefined {
  // Most differ too much in length alone.
  const near = candidates.filter(({ length }) => Math.abs(length - text.length) <= most);
  const scored = near.map((candidate) => ({ candidate, edits: distance(text, candidate) }));
  return scored.filter(({ edits }) => edits <= most).sort((left, right) => left.edits - right.edits)[0]
    ?.candidate;
}

function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...left].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...right].entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
