/** A JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

interface JsonObject {
  readonly [key: string]: Json;
}

/** Three versions of a value; undefined where it is missing. */
export interface Versions {
  readonly base: Json | undefined;
  readonly ours: Json | undefined;
  readonly theirs: Json | undefined;
}

/** The merged value, and the keys that both sides changed differently, where ours was taken. */
export interface Merged {
  readonly value: Json | undefined;
  readonly conflicts: readonly string[];
}

/** Options of a merge. */
export interface MergeOptions {
  /** Keys that lead to the value. @default none */
  readonly path?: readonly string[];
  /** Values that stay ours, as keys joined by dots. @default none */
  readonly kept?: readonly string[];
}

/** Merges values three ways, objects by key and arrays of texts as sets. In a conflict ours stays. */
export function mergeJson(versions: Versions, { path = [], kept = [] }: MergeOptions = {}): Merged {
  const { base, ours, theirs } = versions;
  if (kept.includes(path.join("."))) return { value: ours, conflicts: [] };
  if (same(ours, theirs) || same(base, theirs)) return { value: ours, conflicts: [] };
  const holdsOurs = kept.some((keys) => path.length === 0 || keys.startsWith(`${path.join(".")}.`));
  if (same(base, ours) && !holdsOurs) return { value: theirs, conflicts: [] };
  if (isObject(ours) && isObject(theirs)) {
    return mergeObjects({ base: isObject(base) ? base : {}, ours, theirs }, { path, kept });
  }
  if (isTexts(ours) && isTexts(theirs) && isTexts(base)) {
    const added = theirs.filter((text) => !base.includes(text) && !ours.includes(text));
    const left = ours.filter((text) => theirs.includes(text) || !base.includes(text));
    return { value: [...left, ...added], conflicts: [] };
  }
  return { value: ours, conflicts: [path.join(".")] };
}

interface ObjectVersions {
  readonly base: JsonObject;
  readonly ours: JsonObject;
  readonly theirs: JsonObject;
}

function mergeObjects(
  { base, ours, theirs }: ObjectVersions,
  { path, kept }: Required<MergeOptions>,
): Merged {
  const entries: [string, Json][] = [];
  const conflicts: string[] = [];
  for (const key of orderedKeys(ours, theirs)) {
    const versions = { base: base[key], ours: ours[key], theirs: theirs[key] };
    const merged = mergeJson(versions, { path: [...path, key], kept });
    if (merged.value !== undefined) entries.push([key, merged.value]);
    conflicts.push(...merged.conflicts);
  }
  return { value: Object.fromEntries(entries), conflicts };
}

/** Returns our keys in their order, and the others after the key that they follow in theirs. */
function orderedKeys(ours: JsonObject, theirs: JsonObject): readonly string[] {
  const keys = Object.keys(ours);
  let previous = -1;
  for (const key of Object.keys(theirs)) {
    if (!keys.includes(key)) keys.splice(previous + 1, 0, key);
    previous = keys.indexOf(key);
  }
  return keys;
}

function same(one: Json | undefined, other: Json | undefined): boolean {
  if (isObject(one) && isObject(other)) {
    const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...keys].every((key) => same(one[key], other[key]));
  }
  return JSON.stringify(one) === JSON.stringify(other);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: Json | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}

/** Layout of formatted JSON. */
interface Layout {
  /** Maximum length of a line. @default 110 */
  readonly width?: number;
  /** Indentation of the line. @default none */
  readonly indent?: string;
  /** Length of the key before the value, and the comma after it. @default 0 */
  readonly used?: number;
}

/** Returns a value as JSON, with arrays and objects on one line where they fit. */
export function formatJson(value: Json, { width = 110, indent = "", used = 0 }: Layout = {}): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const items = isObject(value)
    ? Object.entries(value).map(([key, item]) => {
      const name = `${JSON.stringify(key)}: `;
      return name + formatJson(item, { width, indent: inner, used: name.length + 1 });
    })
    : value.map((item) => formatJson(item, { width, indent: inner, used: 1 }));
  const [open, close] = isObject(value) ? ["{", "}"] : ["[", "]"];
  if (items.length === 0) return open + close;
  const line = isObject(value) ? `{ ${items.join(", ")} }` : `[${items.join(", ")}]`;
  if (!line.includes("\n") && indent.length + used + line.length <= width) return line;
  return `${open}\n${items.map((item) => inner + item).join(",\n")}\n${indent}${close}`;
}
