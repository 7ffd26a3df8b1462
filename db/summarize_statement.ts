/** Short description of a statement. */
export interface StatementSummary {
  /** E.g. "SELECT". */
  readonly operation: string;
  /** Table concerned, as far as it can be recognized. */
  readonly collection: string | undefined;
  /** Low-cardinality name for grouping spans, e.g. "SELECT profiles". */
  readonly name: string;
}

/** Matches the table written to, or read from unless it is a function. */
const TABLE =
  /(?:\b(?:INTO|UPDATE)|^COPY)\s+(?:ONLY\s+)?"?([a-z_][a-z0-9_.]*)|\bFROM\s+(?:ONLY\s+)?"?([a-z_][a-z0-9_.]*)(?![a-z0-9_.]|\s*\()/i;

/** Maximum number of cached summaries. */
const MAX_CACHED = 1_000;

/** Maximum length of a cached statement in characters; together with {@link MAX_CACHED} it bounds the memory. */
const MAX_LENGTH = 8_192;

const cache = new Map<string, StatementSummary>();

/** Returns the number of cached summaries. */
export function cachedSummaries(): number {
  return cache.size;
}

/** Summarizes a statement for traces, by pattern matching instead of parsing. */
export function summarizeStatement(text: string): StatementSummary {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const bare = text.replaceAll(/--[^\n]*|\/\*[^]*?\*\//g, " ").trimStart();
  const [first = ""] = /^[a-z]+/i.exec(bare) ?? [];
  const [verb = first] = first.toUpperCase() === "WITH"
    ? /\b(?:SELECT|INSERT|UPDATE|DELETE|MERGE)\b/i.exec(bare) ?? []
    : [];
  const operation = (verb || "QUERY").toUpperCase();
  const [, target, source] = TABLE.exec(bare) ?? [];
  const collection = /^(?:SELECT|INSERT|UPDATE|DELETE|MERGE|COPY)$/.test(operation)
    ? target ?? source
    : undefined;
  const summary = {
    operation,
    collection,
    name: collection === undefined ? operation : `${operation} ${collection}`,
  };
  // Programs have few statements. The limits protect the memory if one is built from values.
  if (text.length <= MAX_LENGTH) {
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(text, summary);
  }
  return summary;
}

/** Returns a statement on one line, without its text literals. */
export function withoutLiterals(text: string): string {
  return text.replaceAll(LITERAL, "'…'").replaceAll(/\s+/g, " ").trim();
}

/** Number of characters shown before and after a position. */
const EXCERPT_REACH = 40;

/** Matches text literals, which may contain values. */
const LITERAL = /'(?:[^']|'')*'/g;

/**
 * Returns the text around a position of a statement, with a mark; undefined if invalid. It is one line without text
 * literals.
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
