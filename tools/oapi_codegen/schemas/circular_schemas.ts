import { type Located, textMember } from "../document/json_value.ts";
import type { References } from "../document/references.ts";
import { IN_PLACE, subschemas } from "./schema_walk.ts";

/**
 * Maximum number of schemas that one may apply to the same value. Each alternative applies those that it shares with others
 * once more: a chain of 20 schemas with two references each to the next would apply a million.
 */
const MAX_APPLIED = 10_000;

/**
 * Rejects schemas that apply themselves to the same value, and those that apply too many others to it: their validators
 * would never end, or not in time. Recursion through a property or an item ends with the value.
 */
export function checkCircular(schemas: Iterable<Located>, references: References): void {
  const starts = [...schemas];
  const queued = new Set<string>();
  /** Number of schemas that each applies to the same value, itself included. */
  const finished = new Map<string, number>();
  const visit = (schema: Located, path: readonly string[]): number => {
    if (path.includes(schema.pointer)) {
      references.diagnostics.add(
        schema.pointer,
        "The schema applies itself to the same value; remove the reference that leads back to it",
      );
      return 0;
    }
    const known = finished.get(schema.pointer);
    if (known !== undefined) return known;
    const next = [...path, schema.pointer];
    const ref = textMember(schema.value, "$ref");
    const pointer = ref === undefined ? undefined : references.target(ref, `${schema.pointer}/$ref`);
    const target = pointer === undefined ? undefined : references.at(pointer);
    let applied = 1;
    if (target !== undefined) applied += visit(target, next);
    for (const [keyword, inner] of subschemas(schema)) {
      if (IN_PLACE.includes(keyword)) applied += visit(inner, next);
      else if (!queued.has(inner.pointer)) {
        queued.add(inner.pointer);
        starts.push(inner);
      }
    }
    if (applied > MAX_APPLIED) {
      references.diagnostics.add(
        schema.pointer,
        `The schema applies more than ${MAX_APPLIED} schemas to the same value, so that validating it would take too ` +
          "long; refer to each alternative once",
      );
      // Not reported once more for the schemas that refer to it.
      applied = 0;
    }
    finished.set(schema.pointer, applied);
    return applied;
  };
  // The list grows on the way.
  for (const schema of starts) visit(schema, []);
}
