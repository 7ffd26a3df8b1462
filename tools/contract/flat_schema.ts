import type { JsonValue } from "@archway/server/operation.ts";
import {
  child,
  decodeFragment,
  elements,
  isArray,
  isObject,
  locate,
  type Located,
  textMember,
} from "../oapi_codegen/document/json_value.ts";

/** Schemas that all apply to a value. */
export interface SchemaSet {
  readonly parts: readonly Located[];
  /** Alternative that applies in place of all alternatives of the parts. */
  readonly branch?: Located | undefined;
}

/** Alternatives of a schema, without that of null alone. */
export interface Alternatives {
  readonly keyword: "anyOf" | "oneOf";
  readonly pointer: string;
  readonly branches: readonly Located[];
}

/** Schema with the keywords of its references and of its `allOf`. */
export interface FlatSchema {
  readonly set: SchemaSet;
  readonly pointer: string;
  /** Values of each keyword, in the order of the schemas that have it. */
  readonly keywords: ReadonlyMap<string, readonly Located[]>;
  readonly alternatives: readonly Alternatives[];
  /** Whether an alternative is null alone. */
  readonly nullBranch: boolean;
  /** Whether no value is valid, because a schema is `false`. */
  readonly never: boolean;
}

/** Follows the references at a place; returns the place itself if it has none, or if they do not resolve. */
export function follow(start: Located, root: JsonValue): Located {
  const seen = new Set<string>();
  let here = start;
  while (!seen.has(here.pointer)) {
    seen.add(here.pointer);
    const ref = textMember(here.value, "$ref");
    const pointer = ref?.startsWith("#") ? decodeFragment(ref.slice(1)) : undefined;
    const next = pointer === undefined ? undefined : locate(root, pointer);
    if (next === undefined) return here;
    here = next;
  }
  return here;
}

/** Collects the keywords of schemas that all apply to the same value. */
export function flatSchema(set: SchemaSet, root: JsonValue): FlatSchema {
  const keywords = new Map<string, Located[]>();
  const alternatives: Alternatives[] = [];
  const seen = new Set<string>();
  let [nullBranch, never] = [false, false];
  const add = (schema: Located, withAlternatives: boolean): void => {
    if (schema.value === false) never = true;
    if (!isObject(schema.value) || seen.has(schema.pointer)) return;
    seen.add(schema.pointer);
    if (textMember(schema.value, "$ref") !== undefined) {
      const target = locateReference(schema, root);
      if (target !== undefined) add(target, withAlternatives);
    }
    for (const part of elements(schema, "allOf")) add(part, withAlternatives);
    for (const keyword of ["anyOf", "oneOf"] as const) {
      const all = [...elements(schema, keyword)];
      if (!withAlternatives || all.length === 0) continue;
      const branches = all.filter((branch) => !isNullAlone(follow(branch, root).value));
      if (branches.length < all.length) nullBranch = true;
      const [only] = branches;
      if (branches.length === 1 && only !== undefined) add(only, withAlternatives);
      else alternatives.push({ keyword, pointer: `${schema.pointer}/${keyword}`, branches });
    }
    for (const name of Object.keys(schema.value)) {
      if (["$ref", "allOf", "anyOf", "oneOf"].includes(name)) continue;
      const value = child(schema, name);
      if (value !== undefined) keywords.set(name, [...keywords.get(name) ?? [], value]);
    }
  };
  for (const part of set.parts) add(part, set.branch === undefined);
  if (set.branch !== undefined) add(set.branch, true);
  const pointer = set.branch?.pointer ?? set.parts[0]?.pointer ?? "";
  return { set, pointer, keywords, alternatives, nullBranch, never };
}

function locateReference(schema: Located, root: JsonValue): Located | undefined {
  const ref = textMember(schema.value, "$ref");
  const pointer = ref?.startsWith("#") ? decodeFragment(ref.slice(1)) : undefined;
  return pointer === undefined ? undefined : locate(root, pointer);
}

function isNullAlone(schema: JsonValue): boolean {
  if (!isObject(schema)) return false;
  const { type, const: value, enum: values } = schema;
  return type === "null" || (isArray(type) && type.length === 1 && type[0] === "null") || value === null ||
    (isArray(values) && values.length === 1 && values[0] === null);
}
