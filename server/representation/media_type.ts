/** Media type with parameters (RFC 9110, section 8.3.1). */
export interface MediaType {
  /** Lower case, without parameters, e.g. "application/json". */
  readonly essence: string;
  /** Parameters by lower-case name, with unquoted values. */
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const ESSENCE = new RegExp(`^(${TOKEN}/${TOKEN})[ \\t]*(?=;|$)`);
const PARAMETER = new RegExp(
  `[ \\t]*;[ \\t]*(?:(${TOKEN})=(?:(${TOKEN})|"((?:[^"\\\\\\x00-\\x08\\x0a-\\x1f\\x7f]|\\\\[\\t\\x20-\\x7e])*)"))?[ \\t]*`,
  "y",
);

/** Parses the value of a `Content-Type` field. Undefined if it is malformed or repeats a parameter. */
export function parseMediaType(text: string): MediaType | undefined {
  const trimmed = text.trim();
  const essence = ESSENCE.exec(trimmed);
  if (essence?.[1] === undefined) return undefined;
  const parameters = new Map<string, string>();
  PARAMETER.lastIndex = essence[0].length;
  let end = essence[0].length;
  while (end < trimmed.length) {
    const match = PARAMETER.exec(trimmed);
    if (match === null) return undefined;
    end = PARAMETER.lastIndex;
    const name = match[1]?.toLowerCase();
    if (name === undefined) continue;
    if (parameters.has(name)) return undefined;
    parameters.set(name, match[2] ?? (match[3] ?? "").replaceAll(/\\(.)/g, "$1"));
  }
  return { essence: essence[1].toLowerCase(), parameters };
}

const RANGE = /^(?:\*\/\*|[^/*]+\/\*(?:\+[^*;]+)?)(?=;|$)/;

/** Whether a media type is a range: all types, those of `image/*`, or those with the suffix of `application/*+json`. */
export function isRange(mediaType: string): boolean {
  return RANGE.test(mediaType);
}

/** Whether a full media type or a range covers another one, both in lower case and without parameters. */
export function covers(range: string, essence: string): boolean {
  if (range === essence || range === "*/*") return true;
  if (!isRange(range)) return false;
  const [start = "", end = ""] = range.split("*");
  return essence.length > start.length + end.length && essence.startsWith(start) && essence.endsWith(end);
}

/**
 * Prepares the search for the declared media type that covers another one. The more specific of two is found: the one
 * with more of the parameters that were sent, then a type before a range, then the first. A parameter that was not sent
 * excludes nothing; one with another value does, unless it is a charset.
 */
export function compileCoverage<T extends { readonly mediaType: string }>(
  declared: readonly T[],
): (sent: MediaType) => T | undefined {
  const candidates = declared.map((item) => ({
    item,
    type: parseMediaType(item.mediaType) ?? { essence: item.mediaType, parameters: new Map() },
  }));
  return function find(sent): T | undefined {
    let best: { item: T; rank: number } | undefined;
    for (const { item, type } of candidates) {
      if (!covers(type.essence, sent.essence)) continue;
      const shared = sharedParameters(type, sent);
      if (shared === undefined) continue;
      const rank = 4 * shared + specificity(type.essence);
      if (best === undefined || rank > best.rank) best = { item, rank };
    }
    return best?.item;
  };
}

function specificity(essence: string): number {
  if (!isRange(essence)) return 3;
  return essence === "*/*" ? 0 : essence.endsWith("/*") ? 1 : 2;
}

/** Returns the number of parameters that two types share; undefined if one has another value. */
function sharedParameters(declared: MediaType, sent: MediaType): number | undefined {
  let shared = 0;
  for (const [name, value] of declared.parameters) {
    const other = name === "charset" ? undefined : sent.parameters.get(name);
    if (other === undefined) continue;
    if (other !== value) return undefined;
    shared += 1;
  }
  return shared;
}
