import { MalformedTextError } from "../parameters/decode_text.ts";
import { parseExact } from "./exact_integers.ts";
import { findUnstorable, type JsonError } from "./unstorable.ts";

/** Parsed JSON text, with errors in its values. */
export interface ParsedJson {
  readonly value: unknown;
  readonly errors: readonly JsonError[];
}

const NO_ERRORS: readonly JsonError[] = [];

/** Options of parsing JSON. */
export interface ParseJsonOptions {
  /**
   * Whether an integer that a double cannot represent is a bigint, instead of an error.
   *
   * @default false
   */
  readonly bigIntegers?: boolean;
}

/**
 * Parses a JSON text strictly. Unlike `JSON.parse` it rejects duplicate names (RFC 8259, section 4), more than 64 levels
 * of nesting, and integers that would be changed.
 *
 * @throws {MalformedTextError} with the reason as its message.
 */
export function parseJsonText(text: string, { bigIntegers = false }: ParseJsonOptions = {}): ParsedJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new MalformedTextError("is not valid JSON");
  }
  const { tooDeep, duplicate, suspicious, large } = scanJson(text);
  if (tooDeep) throw new MalformedTextError("is nested too deeply");
  if (duplicate) throw new MalformedTextError("has a duplicate property");
  if (large) value = parseExact(text);
  return { value, errors: suspicious || large ? findUnstorable(value, { bigIntegers }) : NO_ERRORS };
}

/**
 * Parses the JSON text of a parameter, where any error makes the whole malformed.
 *
 * @throws {MalformedTextError} for text that is no JSON, or has a value that cannot be stored.
 */
export function parseJson(text: string): unknown {
  const { value, errors } = parseJsonText(text);
  const [error] = errors;
  if (error !== undefined) throw new MalformedTextError(error.reason);
  return value;
}

const MAX_DEPTH = 64;
/** Number of digits from which an integer may not be exact as a double. */
const LARGE_DIGITS = 16;
/** Only an exponent, or more consecutive digits than this, can exceed the range of a double. */
const MANY_DIGITS = 300;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** Properties of a JSON text that `JSON.parse` does not report. */
export interface JsonScan {
  readonly tooDeep: boolean;
  readonly duplicate: boolean;
  /** Whether there is a \u escape or a possibly huge number, so that the values must be checked. */
  readonly suspicious: boolean;
  /** Whether a number has so many digits that a double may not represent it. */
  readonly large: boolean;
}

/** Scans a valid JSON text in one pass; copies nothing but names. */
function scanJson(text: string): JsonScan {
  // Names in each open object, from the outermost; undefined for an array.
  const open: (Set<string> | undefined)[] = [];
  let suspicious = false;
  let large = false;
  let digits = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x30 && code <= 0x39) {
      if (++digits === LARGE_DIGITS) large = true;
      else if (digits > MANY_DIGITS) suspicious = true;
      continue;
    }
    digits = 0;
    switch (code) {
      case QUOTE: {
        const { end, escaped } = stringEnd(text, i);
        if (escaped && text.slice(i, end).includes("\\u")) suspicious = true;
        const names = open.at(-1);
        if (names !== undefined && isName(text, end)) {
          const raw = text.slice(i + 1, end);
          const name: string = escaped ? JSON.parse(`"${raw}"`) : raw;
          if (names.has(name)) return { tooDeep: false, duplicate: true, suspicious, large };
          names.add(name);
        }
        i = end;
        break;
      }
      case 0x7b: // {
      case 0x5b: // [
        if (open.length === MAX_DEPTH) return { tooDeep: true, duplicate: false, suspicious, large };
        open.push(code === 0x7b ? new Set() : undefined);
        break;
      case 0x7d: // }
      case 0x5d: // ]
        open.pop();
        break;
      case 0x65: // e: of a number, or of true and false
      case 0x45: { // E
        const before = text.charCodeAt(i - 1);
        if (before >= 0x30 && before <= 0x39) suspicious = true;
        break;
      }
    }
  }
  return { tooDeep: false, duplicate: false, suspicious, large };
}

/** Returns the index of the quote that ends the string starting at `start`. */
function stringEnd(text: string, start: number): { end: number; escaped: boolean } {
  let escaped = false;
  for (let i = start + 1;; i++) {
    const code = text.charCodeAt(i);
    if (code === BACKSLASH) {
      escaped = true;
      i++;
    } else if (code === QUOTE || Number.isNaN(code)) {
      return { end: i, escaped };
    }
  }
}

/** Whether a colon follows, so that the string ending at `end` is a name. */
function isName(text: string, end: number): boolean {
  for (let i = end + 1;; i++) {
    const code = text.charCodeAt(i);
    if (code === COLON) return true;
    if (code !== 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) return false;
  }
}
