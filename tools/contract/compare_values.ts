import type { JsonValue } from "@archway/server/operation.ts";
import type { Effect } from "./change.ts";
import { placeOf, type SchemaPair, valuesIn } from "./schema_pair.ts";
import { commonTypes, isSame, typesOf, valuesOf } from "./types_of.ts";

/** Compares the types, the listed values, the format and the pattern. */
export function compareValues(pair: SchemaPair): void {
  compareTypes(pair);
  if (isList(pair)) {
    pair.descend({ before: pair.before.set, after: { parts: pair.after.keywords.get("items") ?? [] } });
  }
  if (commonTypes(pair).difference(new Set(["null"])).size === 0) return;
  compareListed(pair);
  compareExtensible(pair);
  compareFormat(pair);
  if (commonTypes(pair).has("string")) comparePattern(pair);
}

function compareTypes(pair: SchemaPair): void {
  const [before, after] = [typesOf(pair.before), typesOf(pair.after)];
  const place = placeOf(pair, "type");
  const removed = before.difference(after);
  const added = after.difference(before);
  if (removed.has("null") && after.size > 0) {
    pair.report({ effect: "narrows", message: "null is no longer allowed", ...place });
  }
  if (added.has("null") && before.size > 0) {
    pair.report({ effect: "widens", message: "null is now allowed", ...place });
  }
  const [gone, come] = [withoutNull(removed), withoutNull(added)];
  if (gone.length === 0 && come.length === 0) return;
  const message = `type changed from ${describe(before)} to ${describe(after)}`;
  pair.report({ effect: typeEffect(pair, { gone, come }), message, ...place });
}

function withoutNull(types: ReadonlySet<string>): readonly string[] {
  return [...types].filter((type) => type !== "null");
}

function typeEffect(
  { use, before, after }: SchemaPair,
  { gone, come }: { gone: readonly string[]; come: readonly string[] },
): Effect {
  if (isList({ use, before, after })) return "widens";
  // A text that was a number or a list is a string, too.
  const isText = (type: string): boolean =>
    use.asText === "all" || (use.asText === "scalars" && type !== "object" && type !== "array");
  const lost = typesOf(after).has("string") ? gone.filter((type) => !isText(type)) : gone;
  const won = typesOf(before).has("string") ? come.filter((type) => !isText(type)) : come;
  if (lost.length > 0 && won.length > 0) return "replaces";
  return lost.length > 0 ? "narrows" : won.length > 0 ? "widens" : "note";
}

/** Whether a repeatable text, such as `?tag=a`, became a list, of which one text is a list of one. */
function isList({ use, before, after }: Pick<SchemaPair, "use" | "before" | "after">): boolean {
  const [old, now] = [typesOf(before), typesOf(after)];
  return use.repeats === true && now.has("array") && !old.has("array") && !old.has("object");
}

function describe(types: ReadonlySet<string>): string {
  const names = withoutNull(types).filter((type) => type !== "integer" || !types.has("number"));
  return names.length >= 5 ? "any" : names.length === 0 ? "none" : names.sort().join(" or ");
}

function compareListed(pair: SchemaPair): void {
  const [before, after] = [valuesOf(pair.before), valuesOf(pair.after)];
  const keyword = pair.after.keywords.has("const") || pair.before.keywords.has("const") ? "const" : "enum";
  const place = placeOf(pair, keyword);
  if (before === undefined || after === undefined) {
    if (after !== undefined) {
      pair.report({ effect: "narrows", message: `limited to the values ${list(after)}`, ...place });
    } else if (before !== undefined) {
      pair.report({ effect: "widens", message: `no longer limited to the values ${list(before)}`, ...place });
    }
    return;
  }
  const removed = missing(before, after);
  const added = missing(after, before);
  if (removed.length > 0) {
    pair.report({ effect: "narrows", message: `${plural(removed)} ${list(removed)} removed`, ...place });
  }
  if (added.length > 0) {
    pair.report({ effect: "widens", message: `${plural(added)} ${list(added)} added`, ...place });
  }
}

/** Returns the values that the other list lacks, except null, which is a type. */
function missing(values: readonly JsonValue[], other: readonly JsonValue[]): readonly JsonValue[] {
  return values.filter((value) => value !== null && !other.some((item) => isSame(item, value)));
}

function plural(values: readonly JsonValue[]): string {
  return values.length === 1 ? "value" : "values";
}

function list(values: readonly JsonValue[]): string {
  const texts = values.slice(0, 5).map((value) => JSON.stringify(value));
  return texts.join(", ") + (values.length > 5 ? ` and ${values.length - 5} more` : "");
}

/** `x-extensible-enum` lists known values; clients must accept others. */
function compareExtensible(pair: SchemaPair): void {
  const { before, after } = valuesIn(pair, "x-extensible-enum");
  const [old, now] = [before.flat(), after.flat()];
  if (before.length === 0 || after.length === 0 || pair.use.direction === "response") return;
  const removed = missing(old, now);
  if (removed.length === 0) return;
  pair.report({
    effect: "narrows",
    message: `known ${plural(removed)} ${list(removed)} removed`,
    ...placeOf(pair, "x-extensible-enum"),
  });
}

/** Formats that contain others, with their values. */
const WIDER: ReadonlyMap<string, readonly string[]> = new Map([
  ["int64", ["int32"]],
  ["double", ["float"]],
  ["uri-reference", ["uri"]],
  ["iri-reference", ["iri", "uri", "uri-reference"]],
  ["iri", ["uri"]],
  ["idn-email", ["email"]],
  ["idn-hostname", ["hostname"]],
]);

function compareFormat(pair: SchemaPair): void {
  const { before, after } = valuesIn(pair, "format");
  const [old, now] = [before[0], after[0]];
  if (old === now) return;
  const place = placeOf(pair, "format");
  if (old === undefined) {
    pair.report({ effect: "narrows", message: `format ${String(now)} added`, ...place });
  } else if (now === undefined) {
    pair.report({ effect: "widens", message: `format ${String(old)} removed`, ...place });
  } else {
    const contains = (wide: JsonValue, narrow: JsonValue): boolean =>
      WIDER.get(String(wide))?.includes(String(narrow)) ?? false;
    pair.report({
      effect: contains(now, old) ? "widens" : contains(old, now) ? "narrows" : "replaces",
      message: `format changed from ${String(old)} to ${String(now)}`,
      ...place,
    });
  }
}

/** Patterns that every text matches. */
const ANY_TEXT = /^(?:\^?\.\*\$?)?$/;

function comparePattern(pair: SchemaPair): void {
  const { before, after } = valuesIn(pair, "pattern");
  const limits = (values: readonly JsonValue[]): readonly string[] =>
    values.map(String).filter((value) => !ANY_TEXT.test(value));
  const [old, now] = [limits(before), limits(after)];
  const removed = old.filter((value) => !now.includes(value));
  const added = now.filter((value) => !old.includes(value));
  const place = placeOf(pair, "pattern");
  if (removed.length > 0 && added.length > 0) {
    pair.report({
      effect: "replaces",
      level: "risky",
      message: `pattern changed from ${removed.join(" and ")} to ${added.join(" and ")}`,
      ...place,
    });
  } else if (added.length > 0) {
    pair.report({ effect: "narrows", message: `pattern ${added.join(" and ")} added`, ...place });
  } else if (removed.length > 0) {
    pair.report({ effect: "widens", message: `pattern ${removed.join(" and ")} removed`, ...place });
  }
}
