import { type Located, textMember } from "../document/json_value.ts";
import type { References } from "../document/references.ts";
import { IN_PLACE, subschemas } from "./schema_walk.ts";

/**
 * Rejects schemas that apply themselves to the same value: their validators would never end. Recursion through a
 * property or an item ends with the value.
 */
export function checkCircular(schemas: Iterable<Located>, references: References): void {
  const starts = [...schemas];
  const queued = new Set<string>();
  const finished = new Set<string>();
  const visit = (schema: Located, path: readonly string[]): void => {
    if (path.includes(schema.pointer)) {
      references.diagnostics.add(
        schema.pointer,
        "The schema applies itself to the same value; remove the reference that leads back to it",
      );
      return;
    }
    if (finished.has(schema.pointer)) return;
    const next = [...path, schema.pointer];
    const ref = textMember(schema.value, "$ref");
    const pointer = ref === undefined ? undefined : references.target(ref, `${schema.pointer}/$ref`);
    const target = pointer === undefined ? undefined : references.at(pointer);
    if (target !== undefined) visit(target, next);
    for (const [keyword, inner] of subschemas(schema)) {
      if (IN_PLACE.includes(keyword)) visit(inner, next);
      else if (!queued.has(inner.pointer)) {
        queued.add(inner.pointer);
        starts.push(inner);
      }
    }
    finished.add(schema.pointer);
  };
  // The list grows on the way.
  for (const schema of starts) visit(schema, []);
}
