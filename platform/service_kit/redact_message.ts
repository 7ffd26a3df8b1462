import { redactText } from "./redact_text.ts";

/** Maximum length of a message that is scanned, and of the result, in characters. */
const MAX_READ = 4_000;
const MAX_CHARACTERS = 500;

/** Kinds of schema objects whose names PostgreSQL quotes: these are no input. */
const SCHEMA_NAMES = [
  ...["constraint", "relation", "column", "table", "index", "schema", "function", "type", "role", "sequence"],
  ...["database", "extension", "parameter", "language", "operator", "trigger", "view", "statement"],
];
const SCHEMA_NAME = `\\b(?:${SCHEMA_NAMES.join("|")}) "[^"]*"`;

/** Everything from the first quote on: input is not escaped and may contain quotes. Apostrophes do not count. */
const FROM_QUOTE = `(["“]|(?<!\\w)['\`‘])[^]*`;
const REDACTED_PARTS = new RegExp(FROM_QUOTE);
const DATABASE_PARTS = new RegExp(`(${SCHEMA_NAME})|${FROM_QUOTE}`, "g");

/** Messages of the engine and the runtime that repeat input without quotes, with their fixed parts captured. */
const UNQUOTED = [
  /(Cannot convert )[^]*( to a BigInt)/,
  /(Iterator value )[^]*( is not an entry object)/,
  /(Invalid regular expression: )[^]*(: )/,
  /(Invalid (?:time zone specified|currency code|language tag|calendar|unit argument)[^:]*: )[^]*()/,
  /(prototype may only be an Object or null: )[^]*()/,
];

/** Paths and queries of URLs. */
const URL_PATH = /(\bhttps?:\/\/[^\s/?#"'<>]+)[/?#][^\s"'<>]*/g;

/** Long numbers, such as those of cards, phones or persons, with or without spaces and hyphens. */
const LONG_NUMBER = /(?<![\w.-])\+?\d(?:[ -]?\d){6,}(?![\w.])/g;

/** Options of redacting a message. */
export interface RedactMessageOptions {
  /**
   * Whether it is a message of PostgreSQL, whose names of schema objects are preserved.
   *
   * @default false
   */
  readonly isDatabase?: boolean;
}

/**
 * Removes input from the message of an error: everything from the first quote on, known unquoted repetitions, paths of
 * URLs, long numbers, e-mail addresses and credentials. The result has no halves of surrogate pairs.
 */
export function redactMessage(message: string, { isDatabase = false }: RedactMessageOptions = {}): string {
  let text = redactText(message.slice(0, MAX_READ));
  for (const pattern of UNQUOTED) text = text.replace(pattern, "$1…$2");
  text = isDatabase
    ? text.replaceAll(DATABASE_PARTS, (_, name?: string, quote?: string) => name ?? quoted(quote))
    : text.replace(REDACTED_PARTS, (_, quote: string) => quoted(quote));
  text = text.replaceAll(URL_PATH, "$1/…").replaceAll(LONG_NUMBER, "…");
  return truncateText(text.toWellFormed(), MAX_CHARACTERS);
}

/** Truncates a text to a number of characters, with an ellipsis, and not inside of a surrogate pair. */
export function truncateText(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  return `${text.slice(0, maxCharacters).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

const CLOSING: Readonly<Record<string, string>> = { "“": "”", "‘": "’" };

function quoted(quote = '"'): string {
  return `${quote}…${CLOSING[quote] ?? quote}`;
}
