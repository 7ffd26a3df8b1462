import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
} from "yaml";
import type { JsonValue } from "@archway/server/operation.ts";
import type { DiagnosticList } from "./diagnostics.ts";
import { unescapeToken } from "./json_value.ts";
import { JsonOffsets, parseJson } from "./parse_json.ts";

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
  for (const problem of [...document.errors, ...document.warnings]) {
    const { line, col } = lines.linePos(problem.pos[0]);
    diagnostics.add(`${line}:${col}`, problem.message.split("\n")[0] ?? "Not valid YAML");
  }
  if (document.errors.length > 0) return null;
  diagnostics.locateBy((at) => ({ file: diagnostics.file, at, line: lineOf(at, { document, lines }) }));
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
    return {
      file: diagnostics.file,
      at,
      line: offset === undefined ? undefined : lines.linePos(offset).line,
    };
  });
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

/** Returns the line of a JSON Pointer's target, or of its nearest existing ancestor. */
function lineOf(
  pointer: string,
  { document, lines }: { document: Document; lines: LineCounter },
): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const token of pointer.split("/").slice(1).map(unescapeToken)) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = pairOf(node, { token, document });
      if (pair === undefined || !isScalar(pair.key)) break;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(token)];
      if (!isMap(item) && !isScalar(item) && !isSeq(item) && !isAlias(item)) break;
      offset = startOf(item) ?? offset;
      node = item;
    } else break;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}

function startOf(node: Node): number | undefined {
  return node.range?.[0];
}

/** Returns a pair of a mapping, or of one that it merges. */
function pairOf(
  map: YAMLMap,
  { token, document, depth = 0 }: { token: string; document: Document; depth?: number },
): Pair | undefined {
  const find = (name: string): Pair | undefined =>
    map.items.find(({ key }) => isScalar(key) && key.value === name);
  const merged = find("<<")?.value;
  const own = find(token);
  if (own !== undefined || merged === undefined || depth > 20) return own;
  for (const item of isSeq(merged) ? merged.items : [merged]) {
    const source = isAlias(item) ? item.resolve(document) : item;
    const found = isMap(source) ? pairOf(source, { token, document, depth: depth + 1 }) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
