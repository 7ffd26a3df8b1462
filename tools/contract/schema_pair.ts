import type { JsonValue } from "@archway/server/operation.ts";
import type { Direction, Effect, Finding, Side } from "./change.ts";
import type { FlatSchema, SchemaSet } from "./flat_schema.ts";

/** Use of a schema. */
export interface SchemaUse {
  readonly direction: Direction;
  /** Types whose values are strings as well, because they are sent as text. */
  readonly asText: "none" | "scalars" | "all";
  /**
   * Whether the text may repeat, as that of a query parameter in the style form with explode.
   *
   * @default false
   */
  readonly repeats?: boolean;
}

/** Two versions of a set of schemas. */
export interface SchemaSets {
  readonly before: SchemaSet;
  readonly after: SchemaSet;
}

/** Pair of schemas that is being compared. */
export interface SchemaPair {
  readonly before: FlatSchema;
  readonly after: FlatSchema;
  readonly use: SchemaUse;
  /** Returns the keywords of a set of schemas of a version. */
  flat(set: SchemaSet, side: Side): FlatSchema;
  report(finding: Finding): void;
  /** Compares a pair of schemas below; `flipped` if they apply by negation. */
  descend(next: SchemaSets, flipped?: boolean): void;
  /** Whether the change of other schemas has one of the effects. */
  has(effects: readonly Effect[], sets: SchemaSets): boolean;
}

/** Returns the values of a keyword in both versions. */
export function valuesIn(
  { before, after }: SchemaPair,
  keyword: string,
): { readonly before: readonly JsonValue[]; readonly after: readonly JsonValue[] } {
  const of = ({ keywords }: FlatSchema): readonly JsonValue[] =>
    (keywords.get(keyword) ?? []).map(({ value }) => value);
  return { before: of(before), after: of(after) };
}

/** Returns the place of a keyword: in the later version if it has it, otherwise in the earlier one. */
export function placeOf(
  { before, after }: SchemaPair,
  keyword: string,
): Pick<Finding, "pointer" | "side"> {
  const found = after.keywords.get(keyword)?.[0];
  if (found !== undefined) return { pointer: found.pointer, side: "after" };
  const old = before.keywords.get(keyword)?.[0];
  return old === undefined
    ? { pointer: after.pointer, side: "after" }
    : { pointer: old.pointer, side: "before" };
}

/** Returns the schema at a keyword in both versions; undefined if a version does not have it. */
export function setsAt(
  { before, after }: SchemaPair,
  keyword: string,
): { readonly before: SchemaSet | undefined; readonly after: SchemaSet | undefined } {
  const of = ({ keywords }: FlatSchema): SchemaSet | undefined => {
    const parts = keywords.get(keyword);
    return parts === undefined ? undefined : { parts };
  };
  return { before: of(before), after: of(after) };
}

/** Set of no schemas, which allows every value. */
export const ANYTHING: SchemaSet = { parts: [] };
