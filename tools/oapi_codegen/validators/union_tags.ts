import {
  elements,
  entries,
  isArray,
  isObject,
  type Located,
  member,
  textMember,
  unescapeToken,
} from "../document/json_value.ts";
import type { References } from "../document/references.ts";
import type { TaggedUnion } from "./tagged_union.ts";

/**
 * Returns the values of a discriminator's property by the alternative that they select. They are those that the
 * alternative itself allows, else those of the mapping, else the name of its schema (OpenAPI 3.1, section 4.8.25).
 * Undefined if the schema has no alternatives, or a value selects several.
 */
export function unionTags(schema: Located, references: References): TaggedUnion | undefined {
  const discriminator = member(schema.value, "discriminator");
  const propertyName = textMember(discriminator, "propertyName");
  const keyword = ["oneOf", "anyOf"].find((name) => member(schema.value, name) !== undefined);
  if (propertyName === undefined || keyword === undefined) return undefined;
  if (keyword === "oneOf" && member(schema.value, "anyOf") !== undefined) return undefined;
  const mapping = mappedPointers(member(discriminator, "mapping"), references);
  const values: (readonly string[])[] = [];
  let isExact = true;
  for (const alternative of elements(schema, keyword)) {
    const pointer = targetOf(alternative, references);
    const target = references.at(pointer) ?? alternative;
    const own = allowedTexts(target, { propertyName, references, seen: new Set() });
    const mapped = [...mapping].filter(([, other]) => other === pointer).map(([value]) => value);
    const [, name] = /^\/components\/schemas\/([^/]+)$/.exec(pointer) ?? [];
    const isNull = textMember(target.value, "type") === "null";
    const required = member(target.value, "required");
    isExact &&= own !== undefined && textMember(target.value, "type") === "object" &&
      isArray(required) && required.includes(propertyName);
    if (isNull) values.push([]);
    else if (own !== undefined) values.push(own);
    else if (mapped.length > 0) values.push(mapped);
    else if (name !== undefined && textMember(alternative.value, "$ref") !== undefined) {
      values.push([unescapeToken(name)]);
    } else return undefined;
  }
  const all = values.flat();
  if (all.length === 0 || new Set(all).size < all.length) return undefined;
  return { propertyName, values, isOpen: keyword === "anyOf", isExact };
}

function targetOf(schema: Located, references: References): string {
  const ref = textMember(schema.value, "$ref");
  return ref === undefined
    ? schema.pointer
    : references.target(ref, `${schema.pointer}/$ref`) ?? schema.pointer;
}

function mappedPointers(mapping: unknown, references: References): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [value, target] of isObject(mapping) ? Object.entries(mapping) : []) {
    if (typeof target !== "string") continue;
    const ref = target.startsWith("#") ? target : `#/components/schemas/${target}`;
    const pointer = decodeURIComponent(ref.slice(1));
    if (references.at(pointer) !== undefined) found.set(value, pointer);
  }
  return found;
}

/** Returns the texts that a schema allows for a property, by a constant or a list; undefined if it has none. */
function allowedTexts(
  schema: Located,
  { propertyName, references, seen }: { propertyName: string; references: References; seen: Set<string> },
): readonly string[] | undefined {
  if (seen.has(schema.pointer)) return undefined;
  seen.add(schema.pointer);
  for (const [name, property] of entries(schema, "properties")) {
    if (name !== propertyName) continue;
    const { value } = references.follow(property) ?? property;
    const only = member(value, "const");
    const values = only === undefined ? member(value, "enum") : [only];
    const texts = (isArray(values) ? values : []).filter((item) => typeof item === "string");
    if (texts.length > 0) return texts;
  }
  const ref = textMember(schema.value, "$ref");
  const target = ref === undefined ? undefined : references.at(targetOf(schema, references));
  const parts = [...(target === undefined ? [] : [target]), ...elements(schema, "allOf")];
  // What a child allows is narrower than its base.
  for (const part of parts.toReversed()) {
    const found = allowedTexts(part, { propertyName, references, seen });
    if (found !== undefined) return found;
  }
  return undefined;
}
