import { isArray, type Located } from "../oapi_codegen/document/json_value.ts";
import type { FlatSchema, SchemaSet } from "./flat_schema.ts";
import { ANYTHING, placeOf, type SchemaPair, setsAt } from "./schema_pair.ts";

/** Compares the items of arrays. */
export function compareArrays(pair: SchemaPair): void {
  const count = Math.max(prefixOf(pair.before).length, prefixOf(pair.after).length);
  for (let index = 0; index < count; index++) {
    pair.descend({ before: itemAt(pair.before, index), after: itemAt(pair.after, index) });
  }
  for (const keyword of ["items", "unevaluatedItems"]) {
    const { before, after } = setsAt(pair, keyword);
    if ((before ?? after) !== undefined) {
      pair.descend({ before: before ?? ANYTHING, after: after ?? ANYTHING });
    }
  }
  const contains = setsAt(pair, "contains");
  if (contains.before !== undefined && contains.after !== undefined) {
    pair.descend({ before: contains.before, after: contains.after });
  } else if ((contains.before ?? contains.after) !== undefined) {
    pair.report({
      effect: contains.after === undefined ? "widens" : "narrows",
      message: contains.after === undefined ? "contains removed" : "contains added",
      ...placeOf(pair, "contains"),
    });
  }
}

function prefixOf({ keywords }: FlatSchema): readonly Located[] {
  const [prefix] = keywords.get("prefixItems") ?? [];
  if (prefix === undefined || !isArray(prefix.value)) return [];
  return prefix.value.map((value, index) => ({ value, pointer: `${prefix.pointer}/${index}` }));
}

function itemAt(schema: FlatSchema, index: number): SchemaSet {
  const item = prefixOf(schema)[index];
  return { parts: item === undefined ? schema.keywords.get("items") ?? [] : [item] };
}
