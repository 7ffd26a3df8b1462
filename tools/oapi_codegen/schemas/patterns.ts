import { isExploding } from "./exploding_patterns.ts";

/** Regular expression of a document, as validators use it. */
export interface PatternRule {
  readonly source: string;
  /** `u` unless the expression is valid only without it. */
  readonly flags: "" | "u";
  /** Difference from what is written; undefined if there is none. */
  readonly warning: string | undefined;
}

/** Reason why a regular expression is rejected. */
export interface PatternError {
  readonly error: string;
}

const known = new Map<string, PatternRule | PatternError>();

/** Reads a regular expression of a document. Corrects what other dialects allow and JavaScript's `u` flag does not. */
export function readPattern(pattern: string): PatternRule | PatternError {
  const found = known.get(pattern) ?? interpret(pattern);
  known.set(pattern, found);
  return found;
}

function interpret(pattern: string): PatternRule | PatternError {
  const rule = compilable(pattern);
  if (rule === undefined) {
    return { error: "Not a regular expression of ECMA-262; escape or simplify it" };
  }
  if (isExploding(rule.source, rule.flags)) {
    return {
      error:
        "Some texts would take exponential time: a repeated part matches the same text in several ways, " +
        "as in (a+)+; write each repetition so that it begins or ends with a character of its own, as in a+(-a+)*",
    };
  }
  return rule;
}

function compilable(pattern: string): PatternRule | undefined {
  if (compiles(pattern, "u")) return { source: pattern, flags: "u", warning: undefined };
  const corrected = correct(pattern);
  if (compiles(corrected, "u")) {
    return { source: corrected, flags: "u", warning: `The pattern is read as ${corrected}` };
  }
  if (!compiles(pattern, "")) return undefined;
  return {
    source: pattern,
    flags: "",
    warning: "The pattern is read without Unicode, so a character beyond U+FFFF counts as two",
  };
}

/**
 * Returns a pattern with the anchors `\A`, `\Z` and `\z` and leading flags of other dialects in JavaScript's terms,
 * without needless escapes, and with lone braces escaped.
 */
function correct(pattern: string): string {
  const flags = /^\(\?([ims]+)\)/.exec(pattern);
  const rest = flags === null ? pattern : `(?${flags[1]}:${pattern.slice(flags[0].length)})`;
  let inClass = false;
  return rest.replaceAll(/\\([\s\S])|\{(?:\d+(?:,\d*)?\})?|[[\]}]/gu, (text: string, escaped?: string) => {
    if (escaped !== undefined) return correctEscape(escaped, inClass);
    if (text === "[") {
      const isNested = inClass;
      inClass = true;
      return isNested ? "\\[" : text;
    }
    if (text === "]") {
      if (!inClass) return "\\]";
      inClass = false;
      return text;
    }
    if (inClass || text.length > 1) return text;
    return `\\${text}`;
  }).replaceAll(/(\\[pP])\\(\{)([^{}]*)\\(\})/g, "$1$2$3$4");
}

function correctEscape(character: string, inClass: boolean): string {
  if (!inClass && character === "A") return "^";
  if (!inClass && /[zZ]/.test(character)) return "$";
  const isNeeded = /[\^$\\.*+?()[\]{}|/]/.test(character) || inClass && character === "-" ||
    /[dDwWsSbBpPkcuxnrtfv0-9]/.test(character);
  return isNeeded ? `\\${character}` : character;
}

function compiles(pattern: string, flags: string): boolean {
  try {
    new RegExp(pattern, flags);
    return true;
  } catch {
    return false;
  }
}
