/** How much of a message is looked at, and how much of it is kept. */
const MAX_READ = 4_000;
const MAX_CHARACTERS = 500;

/** What PostgreSQL puts in double quotes that is nobody's input: the names of things in a schema. */
const SCHEMA_NAMES = [
  ...["constraint", "relation", "column", "table", "index", "schema", "function", "type", "role", "sequence"],
  ...["database", "extension", "parameter", "language", "operator", "trigger", "view", "statement"],
];
const SCHEMA_NAME = `\\b(?:${SCHEMA_NAMES.join("|")}) "[^"]*"`;

/** Everything from the first quote on: input is not escaped, so it may hold quotes. An apostrophe is none. */
const FROM_QUOTE = `(["“]|(?<!\\w)['\`‘])[^]*`;
const REDACTED_PARTS = new RegExp(FROM_QUOTE);
const DATABASE_PARTS = new RegExp(`(${SCHEMA_NAME})|${FROM_QUOTE}`, "g");

/** What the engine and the runtime repeat without quotes, between what stands before and after it. */
const UNQUOTED = [
  /(Cannot convert )[^]*( to a BigInt)/,
  /(Iterator value )[^]*( is not an entry object)/,
  /(Invalid regular expression: )[^]*(: )/,
  /(Invalid (?:time zone specified|currency code|language tag|calendar|unit argument)[^:]*: )[^]*()/,
  /(prototype may only be an Object or null: )[^]*()/,
];

/** Paths and queries of URLs. */
const URL_PATH = /(\bhttps?:\/\/[^\s/?#"'<>]+)[/?#][^\s"'<>]*/g;

/** Numbers of cards, phones and people, with spaces or hyphens in them or without. */
const LONG_NUMBER = /(?<![\w.-])\+?\d(?:[ -]?\d){6,}(?![\w.])/g;

/** How a message is redacted. */
export interface RedactMessageOptions {
  /**
   * Whether PostgreSQL wrote it: then the names of a schema are kept.
   *
   * @default false
   */
  readonly isDatabase?: boolean;
}

/**
 * The message of an error without what it may repeat of its input: everything from the first quote on, what the engine
 * is known to repeat without one, paths of URLs and long numbers. E-mail addresses and credentials are taken out of every text that
 * is logged (redaction.ts).
 */
export function redactMessage(message: string, { isDatabase = false }: RedactMessageOptions = {}): string {
  let text = message.slice(0, MAX_READ);
  for (const pattern of UNQUOTED) text = text.replace(pattern, "$1…$2");
  text = isDatabase
    ? text.replaceAll(DATABASE_PARTS, (_, name?: string, quote?: string) => name ?? quoted(quote))
    : text.replace(REDACTED_PARTS, (_, quote: string) => quoted(quote));
  text = text.replaceAll(URL_PATH, "$1/…").replaceAll(LONG_NUMBER, "…");
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
}

const CLOSING: Readonly<Record<string, string>> = { "“": "”", "‘": "’" };

function quoted(quote = '"'): string {
  return `${quote}…${CLOSING[quote] ?? quote}`;
}
