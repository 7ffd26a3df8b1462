/** What a statement does, in few words. */
export interface StatementSummary {
  /** E.g. "SELECT". */
  readonly operation: string;
  /** The table it is about, as far as that can be seen. */
  readonly collection: string | undefined;
  /** E.g. "SELECT profiles": one of a small number, so that spans can be grouped by it. */
  readonly name: string;
}

/** What is written to, or read from unless it is a function. */
const TABLE =
  /\b(?:INTO|UPDATE)\s+(?:ONLY\s+)?"?([a-z_][a-z0-9_.]*)|\bFROM\s+(?:ONLY\s+)?"?([a-z_][a-z0-9_.]*)(?![a-z0-9_.]|\s*\()/i;
const MOST_KEPT = 1_000;
const kept = new Map<string, StatementSummary>();

/** Tells what a statement does. It looks, it does not parse: what it gives is for people who read traces. */
export function summarizeStatement(text: string): StatementSummary {
  const known = kept.get(text);
  if (known !== undefined) return known;
  const bare = text.replaceAll(/--[^\n]*|\/\*[^]*?\*\//g, " ").trimStart();
  const [first = ""] = /^[a-z]+/i.exec(bare) ?? [];
  const [verb = first] = first.toUpperCase() === "WITH"
    ? /\b(?:SELECT|INSERT|UPDATE|DELETE|MERGE)\b/i.exec(bare) ?? []
    : [];
  const operation = (verb || "QUERY").toUpperCase();
  const [, target, source] = TABLE.exec(bare) ?? [];
  const collection = /^(?:SELECT|INSERT|UPDATE|DELETE|MERGE)$/.test(operation) ? target ?? source : undefined;
  const summary = {
    operation,
    collection,
    name: collection === undefined ? operation : `${operation} ${collection}`,
  };
  // The program has few statements. If one should be built from values, it must not fill the memory.
  if (kept.size < MOST_KEPT) kept.set(text, summary);
  return summary;
}

/** How many characters of a statement are shown before and after a place in it. */
const EXCERPT_REACH = 40;

/** Text literals: what a statement should be given as a parameter. */
const LITERAL = /'(?:[^']|'')*'/g;

/**
 * The surroundings of a place in a statement, in one line, without text literals and with a mark before the place;
 * undefined where there is no such place.
 */
export function excerpt(text: string, position: number | undefined): string | undefined {
  if (position === undefined) return undefined;
  const bare = text.replaceAll(LITERAL, (literal) => `'${"…".repeat([...literal].length - 2)}'`);
  // The server counts characters, not UTF-16 code units.
  const characters = [...bare];
  const at = position - 1;
  if (at < 0 || at >= characters.length) return undefined;
  const start = Math.max(at - EXCERPT_REACH, 0);
  const end = at + EXCERPT_REACH;
  const part = (from: number, to: number): string =>
    characters.slice(from, to).join("").replaceAll(/\s+/g, " ").replaceAll(/…+/g, "…");
  return `${start > 0 ? "…" : ""}${part(start, at)}▸${part(at, end)}${end < characters.length ? "…" : ""}`;
}
