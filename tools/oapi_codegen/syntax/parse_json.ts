import type { JsonValue } from "@archway/server/operation.ts";
import { unescapeToken } from "../document/json_value.ts";

/** Nesting that JSON text may have here; deeper text is left to the parser that reports it. */
const MAX_DEPTH = 200;

/** A string, with the colon that follows it if it is a key. */
const STRINGS = /"(?:[^"\\]|\\.)*"(\s*:)?/g;

/**
 * Parses a document in JSON many times faster than as YAML. Returns undefined for any other text, and for JSON with
 * duplicate keys or values that a document cannot have, so that the YAML parser reports them with their place.
 */
export function parseJson(text: string): JsonValue | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    const value: JsonValue = JSON.parse(text);
    return keysOf(value, 0) === writtenKeys(text) ? value : undefined;
  } catch {
    return undefined;
  }
}

function writtenKeys(text: string): number {
  let keys = 0;
  for (const [, colon] of text.matchAll(STRINGS)) if (colon !== undefined) keys++;
  return keys;
}

/** Returns the number of keys in a value; NaN if it is nested too deeply or cannot be written as JSON again. */
function keysOf(value: JsonValue, depth: number): number {
  if (typeof value === "string") return value.isWellFormed() ? 0 : NaN;
  if (typeof value === "number") return Number.isFinite(value) ? 0 : NaN;
  if (typeof value !== "object" || value === null) return 0;
  if (depth > MAX_DEPTH) return NaN;
  let keys = 0;
  if (Array.isArray(value)) {
    for (const item of value) keys += keysOf(item, depth + 1);
    return keys;
  }
  for (const [key, item] of Object.entries(value)) {
    keys += key.isWellFormed() ? 1 + keysOf(item, depth + 1) : NaN;
  }
  return keys;
}

/** Offsets of a key, or of an item without one, and of its value. */
interface Member {
  readonly start: number;
  readonly value: number;
}

/** Offsets of the parts of a JSON text; reads only the objects and lists that lead to the pointers asked for. */
export class JsonOffsets {
  readonly #members = new Map<number, ReadonlyMap<string, Member>>();

  constructor(readonly text: string) {}

  /** Returns the offset of a pointer's target, or of its nearest existing ancestor; undefined for the root. */
  of(pointer: string): number | undefined {
    let found: number | undefined;
    let value = this.#skipSpace(0);
    for (const token of pointer.split("/").slice(1).map(unescapeToken)) {
      const next = this.#membersAt(value).get(token);
      if (next === undefined) break;
      found = next.start;
      value = next.value;
    }
    return found;
  }

  #membersAt(start: number): ReadonlyMap<string, Member> {
    const known = this.#members.get(start);
    if (known !== undefined) return known;
    const members = new Map<string, Member>();
    const isObject = this.text[start] === "{";
    if (isObject || this.text[start] === "[") {
      let at = this.#skipSpace(start + 1);
      while (at < this.text.length && this.text[at] !== "}" && this.text[at] !== "]") {
        let value = at;
        let name = String(members.size);
        if (isObject) {
          const end = this.#skipString(at);
          name = JSON.parse(this.text.slice(at, end));
          value = this.#skipSpace(this.#skipSpace(end) + 1);
        }
        members.set(name, { start: at, value });
        at = this.#skipSpace(this.#skipValue(value));
        if (this.text[at] === ",") at = this.#skipSpace(at + 1);
      }
    }
    this.#members.set(start, members);
    return members;
  }

  #skipSpace(start: number): number {
    let at = start;
    while (/\s/.test(this.text.charAt(at))) at++;
    return at;
  }

  #skipString(start: number): number {
    let at = start + 1;
    while (this.text[at] !== '"') at += this.text[at] === "\\" ? 2 : 1;
    return at + 1;
  }

  /** Returns the offset after the value: of the comma or bracket that follows, or of space before it. */
  #skipValue(start: number): number {
    let depth = 0;
    for (let at = start; at < this.text.length;) {
      const character = this.text[at];
      if (character === '"') {
        at = this.#skipString(at);
        continue;
      }
      if (character === "{" || character === "[") depth++;
      else if (character === "}" || character === "]") {
        if (depth === 0) return at;
        depth--;
      } else if (character === "," && depth === 0) return at;
      at++;
    }
    return this.text.length;
  }
}
