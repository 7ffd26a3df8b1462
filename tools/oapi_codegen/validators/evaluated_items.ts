import { child, elements, type Located, textMember } from "../document/json_value.ts";
import type { References } from "../document/references.ts";
import { IN_PLACE, subschemas } from "../schemas/schema_walk.ts";

/**
 * Returns the `contains` that apply whenever the schema does: its own, and those of its `allOf`. Items that they match are
 * evaluated, for `unevaluatedItems`. Adds a diagnostic for others, which apply to some values alone.
 */
export function containsBeside(schema: Located, references: References): readonly Located[] {
  const found: Located[] = [];
  const seen = new Set<string>();
  const visit = (here: Located, isCertain: boolean): void => {
    if (seen.has(here.pointer)) return;
    seen.add(here.pointer);
    const contains = child(here, "contains");
    if (contains !== undefined) {
      if (isCertain) found.push(contains);
      else {
        references.diagnostics.add(
          contains.pointer,
          "contains in a branch is not supported together with unevaluatedItems; write items or prefixItems",
        );
      }
    }
    const ref = textMember(here.value, "$ref");
    const pointer = ref === undefined ? undefined : references.target(ref, `${here.pointer}/$ref`);
    const target = pointer === undefined ? undefined : references.at(pointer);
    if (target !== undefined) visit(target, isCertain);
    for (const part of elements(here, "allOf")) visit(part, isCertain);
    for (const [keyword, inner] of subschemas(here)) {
      if (keyword !== "allOf" && keyword !== "not" && IN_PLACE.includes(keyword)) visit(inner, false);
    }
  };
  visit(schema, true);
  return found;
}
