import { type Document, LineCounter, parseDocument, type YAMLError } from "yaml";
import type { JsonValue } from "@archway/server/operation.ts";
import type { DiagnosticList, Place } from "../diagnostics/diagnostics.ts";
import { JsonOffsets, parseJson } from "./parse_json.ts";
import { syntaxMessage } from "./syntax_message.ts";
import { yamlOffset } from "./yaml_offset.ts";

/**
 * Parses YAML 1.2, which includes JSON, with merge keys (`<<`). Adds diagnostics with their line for duplicate keys, exponentially growing
 * aliases, and values that JSON does not have; the result is then null. Later diagnostics get the line of their
 * pointer.
 */
export function parseYaml(text: string, diagnostics: DiagnosticList): JsonValue {
  const lines = new LineCounter();
  const json = parseJson(text);
  if (json !== undefined) {
    locateInJson(text, { lines, diagnostics });
    return json;
  }
  const document = parse(text, lines);
  if (document === undefined) {
    diagnostics.add("", NESTED_TOO_DEEPLY);
    return null;
  }
  const problems = new Map<number, YAMLError>();
  for (const problem of [...document.errors, ...document.warnings]) {
    const { line } = lines.linePos(problem.pos[0]);
    // Further errors of a line follow from the first.
    if (!problems.has(line)) problems.set(line, problem);
  }
  for (const problem of problems.values()) {
    const place = placeAt(problem.pos[0], { text, lines });
    const at = `${place.line}:${place.column}`;
    diagnostics.addAt({ file: diagnostics.file, at, ...place }, syntaxMessage(problem));
  }
  if (document.errors.length > 0) return null;
  diagnostics.locateBy((at) => {
    const offset = yamlOffset(at, document);
    return { file: diagnostics.file, at, ...offset !== undefined && placeAt(offset, { text, lines }) };
  });
  try {
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    if (depthOf(value) > MAX_DEPTH) diagnostics.add("", NESTED_TOO_DEEPLY);
    else if (sizeOf(value) > MAX_SIZE) diagnostics.add("", TOO_MANY_ALIASES);
    else if (isJson(value)) return value;
    else {
      diagnostics.add(
        "",
        "The document has a value that JSON cannot represent, such as .nan, a cyclic alias or half of a surrogate pair",
      );
    }
  } catch (error) {
    const isMerge = error instanceof Error && error.message.startsWith("Merge");
    diagnostics.add(
      "",
      isMerge ? "A merge key (<<) needs an alias of a mapping, or a list of them" : TOO_MANY_ALIASES,
    );
  }
  return null;
}

/** Gives the diagnostics of a JSON text their lines. */
function locateInJson(
  text: string,
  { lines, diagnostics }: { lines: LineCounter; diagnostics: DiagnosticList },
): void {
  const offsets = new JsonOffsets(text);
  diagnostics.locateBy((at) => {
    if (lines.lineStarts.length === 0) {
      for (let start = 0; start >= 0; start = text.indexOf("\n", start) + 1 || -1) lines.addNewLine(start);
    }
    const offset = offsets.of(at);
    return { file: diagnostics.file, at, ...offset !== undefined && placeAt(offset, { text, lines }) };
  });
}

/** Returns the line and the column of an offset, and the text of the line. */
function placeAt(
  offset: number,
  { text, lines }: { readonly text: string; readonly lines: LineCounter },
): Required<Pick<Place, "column" | "line" | "source">> {
  const { line, col: column } = lines.linePos(offset);
  const start = offset - column + 1;
  const end = text.indexOf("\n", offset);
  return { line, column, source: text.slice(start, end < 0 ? text.length : end).replace(/\r$/, "") };
}

/** Documents of APIs have about 30 levels. */
const MAX_DEPTH = 250;
const NESTED_TOO_DEEPLY =
  `The document is nested deeper than ${MAX_DEPTH} levels; refer to components instead`;

/** Uses of aliases, those in others multiplied, and values with all aliases written out. */
const MAX_ALIASES = 10_000;
const MAX_SIZE = 2_000_000;
const TOO_MANY_ALIASES = "The document's aliases cannot be followed; write the values out, or use $ref";

function parse(text: string, lineCounter: LineCounter): Document | undefined {
  try {
    return parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      uniqueKeys: true,
      stringKeys: true,
      schema: "core",
      merge: true,
    });
  } catch (error) {
    // The parser's own recursion.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Depth of a value, level by level; that of a cyclic one is only bounded from below. */
function depthOf(value: unknown): number {
  let level: readonly unknown[] = [value];
  for (let depth = 0;; depth++) {
    level = [
      ...new Set(
        level.flatMap((item) => typeof item === "object" && item !== null ? Object.values(item) : []),
      ),
    ];
    if (level.length === 0 || depth > MAX_DEPTH) return depth;
  }
}

/** Number of values with all aliases written out; a cyclic one counts once. */
function sizeOf(value: unknown, sizes = new Map<object, number>()): number {
  if (typeof value !== "object" || value === null) return 1;
  const known = sizes.get(value);
  if (known !== undefined) return known;
  sizes.set(value, 0);
  const size = Object.values(value).reduce<number>((sum, item) => sum + sizeOf(item, sizes), 1);
  sizes.set(value, size);
  return size;
}

function isJson(value: unknown, ancestors: readonly unknown[] = []): value is JsonValue {
  if (typeof value === "string") return value.isWellFormed();
  if (value === null || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || ancestors.includes(value)) return false;
  const path = [...ancestors, value];
  if (Array.isArray(value)) return value.every((item) => isJson(item, path));
  return Object.getPrototypeOf(value) === Object.prototype &&
    Object.entries(value).every(([key, item]) => key.isWellFormed() && isJson(item, path));
}
