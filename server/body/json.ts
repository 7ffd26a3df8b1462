import { MalformedTextError } from "../parameters/decode_text.ts";
import { findUnstorable, type JsonError } from "./unstorable.ts";

/** A parsed JSON text, with what is wrong in it although its syntax is right. */
export interface ParsedJson {
  readonly value: unknown;
  readonly errors: readonly JsonError[];
}

const NO_ERRORS: readonly JsonError[] = [];

/**
 * Parses a JSON text strictly: what `JSON.parse` takes, without duplicate member names (RFC 8259, section 4) and not
 * nested deeper than 64 levels.
 * @throws {MalformedTextError} whose message is a error's reason.
 */
export function parseJsonText(text: string): ParsedJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new MalformedTextError("is not valid JSON");
  }
  const { tooDeep, duplicate, suspicious } = scanJson(text);
  if (tooDeep) throw new MalformedTextError("is nested too deeply");
  if (duplicate) throw new MalformedTextError("has a duplicate property");
  return { value, errors: suspicious ? findUnstorable(value) : NO_ERRORS };
}

/** The same for a parameter, where every error makes the whole malformed. */
export function parseJson(text: string): unknown {
  const { value, errors } = parseJsonText(text);
  const [error] = errors;
  if (error !== undefined) throw new MalformedTextError(error.reason);
  return value;
}

const MAX_DEPTH = 64;
/** The exponent's sign or this many digits in a row are needed before a number can exceed a double. */
const MANY_DIGITS = 300;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** What `JSON.parse` does not tell of a text. */
export interface JsonScan {
  readonly tooDeep: boolean;
  readonly duplicate: boolean;
  /** There is an escape by number or a number that may be huge: the values have to be looked at. */
  readonly suspicious: boolean;
}

/** Looks through a text that is known to be valid JSON. One pass; nothing is copied but member names. */
export function scanJson(text: string): JsonScan {
  // The names of each object on the way to where the scan is; undefined stands for an array.
  const open: (Set<string> | undefined)[] = [];
  let suspicious = false;
  let digits = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x30 && code <= 0x39) {
      if (++digits > MANY_DIGITS) suspicious = true;
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
          if (names.has(name)) return { tooDeep: false, duplicate: true, suspicious };
          names.add(name);
        }
        i = end;
        break;
      }
      case 0x7b: // {
      case 0x5b: // [
        if (open.length === MAX_DEPTH) return { tooDeep: true, duplicate: false, suspicious };
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
  return { tooDeep: false, duplicate: false, suspicious };
}

/** The index of the quote that ends the string beginning at `start`. */
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

/** Whether a colon follows: the string that ends there is the name of a member. */
function isName(text: string, end: number): boolean {
  for (let i = end + 1;; i++) {
    const code = text.charCodeAt(i);
    if (code === COLON) return true;
    if (code !== 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) return false;
  }
}
